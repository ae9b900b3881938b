package io.stripeline.dedup.store;

import io.stripeline.dedup.blob.ReadFailure;
import io.stripeline.dedup.index.IndexFile;
import io.stripeline.dedup.pack.PackDirectory;
import io.stripeline.dedup.pack.PackFormat;
import io.stripeline.dedup.pack.SealedPack;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.FormatException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Goes through roots, index files and packs. Every index entry must stand in its pack's directory; with data, every frame
 * is read and every chunk hashed. Holds one index file and one directory at a time.
 */
final class Check {
    private record Place(int frame, int stored, int offset, int length, int form) {}

    private final Repository repository;
    private final boolean readData;
    private final Consumer<Finding> findings;
    private final Set<BlobId> indexed = new HashSet<>();
    private final Set<BlobId> damagedPacks = new HashSet<>();
    private boolean anyUnread;
    private long indexFiles;
    private long packs;
    private long chunks;
    private long damaged;

    Check(Repository repository, boolean readData, Consumer<Finding> findings) {
        this.repository = repository;
        this.readData = readData;
        this.findings = findings;
    }

    CheckReport run() {
        Condemned known = lists();
        CheckReport report = look();
        condemn(known);
        return report;
    }

    private Condemned lists() {
        Condemned[] read = {new Condemned()};
        guard("condemned", () -> read[0] = Condemned.read(repository.store()));
        read[0].unreadable()
                .forEach((name, failure) -> damage(
                        name,
                        failure.getMessage() + ". Until it is replaced backups rely on nothing that is stored."
                                + (readData ? "" : " Run check --read-data, which replaces it.")));
        return read[0];
    }

    /**
     * Keeps backups from referring to what is damaged: their next run reads and stores it again. Once every pack was
     * proved, what a damaged list told of damage is known again; of a prune it can tell only while one is at work.
     */
    private void condemn(Condemned known) {
        Set<String> lost = known.unreadable().keySet();
        try {
            damagedPacks.removeIf(known::hasAll);
            if (!damagedPacks.isEmpty()) {
                Condemned.write(repository.store(), damagedPacks);
            }
            if (!lost.isEmpty() && readData && !anyUnread && !isPruning()) {
                lost.forEach(repository.store()::delete);
                repository
                        .notices()
                        .tell(
                                "condemned list replaced",
                                "Every pack was proved, what is damaged is recorded anew: backups do without " + lost);
            }
        } catch (PosixException | FormatException failure) {
            repository
                    .notices()
                    .tell(
                            "damage not recorded",
                            "What is damaged could not be recorded in the store, so backups go on to rely on it: "
                                    + failure.getMessage());
        }
    }

    private boolean isPruning() {
        try {
            repository.store().sizeBytes("prune");
            return true;
        } catch (PosixException failure) {
            return failure.errno() != Errno.ENOENT;
        }
    }

    private CheckReport look() {
        // Index files first: a pack that is written meanwhile is then only one that no index names.
        int roots = repository
                .roots0()
                .list(failure -> damage("roots", failure.getMessage()))
                .size();
        for (BlobId name : ids("index")) {
            guard(IndexFile.nameOf(name), () -> index(repository.indexFiles().read(name)));
            indexFiles++;
        }
        for (BlobId pack : ids("packs")) {
            packs++;
            if (!indexed.contains(pack)) {
                findings.accept(new Finding(
                        false, PackFormat.nameOf(pack), "no index names this pack; an interrupted writer left it"));
                guardPack(pack, () -> frames(repository.packs().open(pack)));
            }
        }
        return new CheckReport(packs, indexFiles, chunks, roots, damaged);
    }

    private List<BlobId> ids(String folder) {
        List<BlobId> out = new ArrayList<>();
        repository.store().list(folder, entry -> {
            BlobId id = Names.idOf(entry.name());
            if (id != null) {
                out.add(id);
            }
        });
        return out;
    }

    private void damage(String object, @Nullable String message) {
        damaged++;
        findings.accept(new Finding(true, object, String.valueOf(message)));
    }

    private void guard(String object, Runnable work) {
        try {
            work.run();
        } catch (FormatException | PosixException failure) {
            // where descriptors or memory are exhausted, packs of an index file were not proved
            anyUnread |= failure instanceof PosixException;
            damage(object, failure.getMessage());
        }
    }

    /** What cannot be read now may be read later: only what is wrong in itself is condemned. */
    private void guardPack(BlobId pack, Runnable work) {
        try {
            work.run();
        } catch (FormatException broken) {
            if (ReadFailure.mayPass(broken)) {
                anyUnread = true;
            } else {
                damagedPacks.add(pack);
            }
            damage(PackFormat.nameOf(pack), broken.getMessage());
        }
    }

    private void index(IndexFile file) {
        List<IndexFile.Pack> listed = file.packs();
        List<Map<BlobId, Place>> places = new ArrayList<>();
        listed.forEach(pack -> places.add(new HashMap<>()));
        file.forEach((bytes, at, pack, frame, stored, offset, length, form) ->
                places.get(pack).put(BlobId.of(bytes, at), new Place(frame, stored, offset, length, form)));
        for (int i = 0; i < listed.size(); i++) {
            IndexFile.Pack pack = listed.get(i);
            Map<BlobId, Place> entries = places.get(i);
            indexed.add(pack.id());
            guardPack(pack.id(), () -> pack(file, pack, entries));
            places.set(i, Map.of());
        }
    }

    private void pack(IndexFile file, IndexFile.Pack listed, Map<BlobId, Place> entries) {
        SealedPack pack = repository.packs().open(listed.id());
        if (pack.sizeBytes() != listed.sizeBytes()
                || pack.chunks() != listed.chunks()
                || pack.kind() != listed.kind()) {
            damage(IndexFile.nameOf(file.name()), "says otherwise than the directory of " + listed.id());
        }
        pack.directory().forEach((frame, bytes, idAt, offset, length, form) -> {
            BlobId id = BlobId.of(bytes, idAt);
            Place place = new Place(frame.offset(), frame.storedBytes(), offset, length, form);
            if (!place.equals(entries.remove(id))) {
                damage(IndexFile.nameOf(file.name()), "has another place for " + id + " than " + listed.id());
            }
        });
        for (BlobId id : entries.keySet()) {
            damage(IndexFile.nameOf(file.name()), "names " + id + ", which is not in pack " + listed.id());
        }
        frames(pack);
    }

    private void frames(SealedPack pack) {
        chunks += pack.chunks();
        if (readData) {
            FrameProof proof = new FrameProof(pack);
            pack.directory().forEach(proof);
        }
    }

    /** Reads each frame once and hashes its chunks. */
    private final class FrameProof implements PackDirectory.Visitor {
        private final SealedPack pack;
        private int frameAt = -1;
        private byte @Nullable [] raw;

        FrameProof(SealedPack pack) {
            this.pack = pack;
        }

        @Override
        public void chunk(PackDirectory.Frame frame, byte[] bytes, int idAt, int offset, int length, int form) {
            if (frame.offset() != frameAt) {
                frameAt = frame.offset();
                raw = null;
                guardPack(
                        pack.id(),
                        () -> raw = repository.packs().frame(pack.id(), frame.offset(), frame.storedBytes()));
            }
            byte[] content = raw;
            BlobId id = BlobId.of(bytes, idAt);
            if (content == null) { // why was told already
                damage(PackFormat.nameOf(pack.id()), "at byte " + frame.offset() + ": chunk " + id + " is lost in it");
                return;
            }
            if (length > content.length - offset
                    || !BlobId.of(Envelope.sha256(content, offset, length), 0).equals(id)) {
                damagedPacks.add(pack.id());
                damage(
                        PackFormat.nameOf(pack.id()),
                        "at byte " + frame.offset() + ": chunk " + id + " has other content than its name says");
            }
        }
    }
}
