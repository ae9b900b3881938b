package io.stripeline.dedup.store;

import io.stripeline.dedup.blob.ReadFailure;
import io.stripeline.dedup.index.ChunkPlace;
import io.stripeline.dedup.pack.PackFormat;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.FormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads and proves chunks. Where a copy is damaged, or its pack truncated, gone or not to be read, the others are tried,
 * and where there is none, what could not be read is tried once more. The first
 * damage met in a pack costs one look through all index files, for all that is in the pack.
 */
final class CopyReader {
    /** Of frames that were read last, for small files that lie side by side. */
    private static final long FRAMES_BYTES = 64 << 20;

    private final Repository repository;
    private final Copies copies;
    private final FrameCache frames;

    CopyReader(Repository repository) {
        this.repository = repository;
        this.copies = repository.copies();
        this.frames = new FrameCache(
                repository.packs(), Math.min(FRAMES_BYTES, Runtime.getRuntime().maxMemory() / 16));
    }

    /**
     * The bytes of a chunk.
     *
     * @param first the copy to try first
     * @throws FormatException where no copy can be used; tells of the first one
     */
    byte[] read(ChunkPlace first, BlobId id) {
        try {
            return readCopy(first, id);
        } catch (FormatException broken) {
            return readOther(first, id, broken);
        }
    }

    private byte[] readOther(ChunkPlace first, BlobId id, FormatException broken) {
        List<ChunkPlace> tried = new ArrayList<>(List.of(first));
        avoid(first.pack());
        for (ChunkPlace next = untried(id, tried); next != null; next = untried(id, tried)) {
            tried.add(next);
            try {
                byte[] bytes = readCopy(next, id);
                tell(first.pack(), broken);
                return bytes;
            } catch (FormatException alsoDamaged) {
                broken.addSuppressed(alsoDamaged);
                avoid(next.pack());
            }
        }
        if (ReadFailure.mayPass(broken)) {
            try {
                return readCopy(first, id);
            } catch (FormatException stillDamaged) {
                broken.addSuppressed(stillDamaged);
            }
        }
        throw broken;
    }

    private void tell(BlobId pack, FormatException broken) {
        repository
                .notices()
                .tell(
                        "damaged copy",
                        PackFormat.nameOf(pack) + " is damaged or missing; what is also in another pack is read from"
                                + " there, so nothing of that is lost. Run check --read-data, which names what is damaged"
                                + " and keeps backups from relying on it, then a backup. First met: "
                                + broken.getMessage());
    }

    /** Marks a pack as damaged and looks for other copies of all that is in it, once. */
    private void avoid(BlobId pack) {
        synchronized (copies) {
            if (copies.damaged(pack)) {
                repository.refresh(); // a prune may have moved what was in the pack
                repository.indexFiles().forEach(copies::prefer);
            }
        }
    }

    /** A copy that was not tried. Beyond the best one each look reads the whole index: several packs are damaged then. */
    private @Nullable ChunkPlace untried(BlobId id, List<ChunkPlace> tried) {
        ChunkPlace known = copies.find(id);
        if (known == null || !tried.contains(known)) {
            return known;
        }
        List<ChunkPlace> found = new ArrayList<>();
        if (tried.size() > 1 || copies.areManyDamaged()) {
            repository
                    .indexFiles()
                    .forEach(file -> file.forEach((bytes, at, pack, frame, stored, offset, length, form) -> {
                        ChunkPlace copy = new ChunkPlace(file.packs().get(pack).id(), frame, stored, offset, length);
                        if (BlobId.of(bytes, at).equals(id) && !tried.contains(copy)) {
                            found.add(copy);
                        }
                    }));
        }
        return found.isEmpty() ? null : found.get(0);
    }

    private byte[] readCopy(ChunkPlace place, BlobId id) {
        byte[] raw = frames.get(place);
        int from = place.offset();
        if (place.lengthBytes() > raw.length - from) {
            throw broken(place, id, " lies outside of its frame");
        }
        if (!BlobId.of(Envelope.sha256(raw, from, place.lengthBytes()), 0).equals(id)) {
            throw broken(place, id, " has other content than its name says");
        }
        return Arrays.copyOfRange(raw, from, from + place.lengthBytes());
    }

    private static FormatException broken(ChunkPlace place, BlobId id, String what) {
        return new FormatException(
                PackFormat.nameOf(place.pack()) + " at byte " + place.frameOffset() + ": blob " + id + what);
    }
}
