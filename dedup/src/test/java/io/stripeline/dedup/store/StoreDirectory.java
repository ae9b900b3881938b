package io.stripeline.dedup.store;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.blob.DirectoryBlobStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Where the store of a test lies. */
record StoreDirectory(Path path) {
    static StoreDirectory below(Path temporary) {
        return new StoreDirectory(temporary.resolve("store"));
    }

    /** Its objects; the directory is made where there is none. */
    BlobStore make() {
        return DirectoryBlobStore.make(path.toString().getBytes(StandardCharsets.UTF_8));
    }

    Repository init(StoreConfig config) {
        return Repository.init(make(), config);
    }

    Repository open() {
        return Repository.open(DirectoryBlobStore.open(path));
    }

    /** Its roots, none of which may be damaged. */
    static List<Root> roots(Repository repository) {
        return repository.roots(damage -> {
            throw damage;
        });
    }
}
