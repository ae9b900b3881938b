package io.stripeline.dedup.store;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.blob.ReadFailure;
import io.stripeline.dedup.index.IndexFile;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The index files of a store. Damaged ones are told and left out: packs are read in their place. */
final class IndexFiles {
    /**
     * What is there.
     *
     * @param chunks of all files, by their lengths: no fewer than there are
     */
    record Listing(List<BlobId> names, long chunks) {}

    private final BlobStore store;
    private final Notices notices;

    IndexFiles(BlobStore store, Notices notices) {
        this.store = store;
        this.notices = notices;
    }

    Listing list() {
        List<BlobId> names = new ArrayList<>();
        long[] bytes = new long[1];
        store.list("index", entry -> {
            BlobId id = Names.idOf(entry.name());
            if (id != null) {
                names.add(id);
                bytes[0] += entry.sizeBytes();
            }
        });
        return new Listing(names, bytes[0] / IndexFile.ENTRY_BYTES);
    }

    IndexFile read(BlobId name) {
        return IndexFile.parse(name, store.read(IndexFile.nameOf(name), IndexFile.MAX_BYTES));
    }

    /** One of a listing; null where it was removed since, or is damaged, which {@code damaged} gets to know too. */
    @Nullable
    IndexFile readOrTell(BlobId name, Consumer<BlobId> damaged) {
        FormatException broken;
        try {
            IndexFile file = read(name);
            file.forEach((bytes, at, pack, frame, stored, offset, length, form) -> {}); // all entries are possible
            return file;
        } catch (FormatException failure) {
            broken = failure;
        } catch (PosixException failure) {
            if (failure.errno() == Errno.ENOENT) {
                return null;
            }
            broken = ReadFailure.asDamage(IndexFile.nameOf(name), failure);
        }
        notices.tell("damaged index", broken.getMessage() + " Its packs are read in its place.");
        damaged.accept(name);
        return null;
    }

    /** Every index file that can be read, one after the other. */
    void forEach(Consumer<IndexFile> each) {
        for (BlobId name : list().names()) {
            IndexFile file = readOrTell(name, damaged -> {});
            if (file != null) {
                each.accept(file);
            }
        }
    }
}
