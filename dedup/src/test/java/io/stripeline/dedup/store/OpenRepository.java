package io.stripeline.dedup.store;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A new, empty store for each test. */
abstract class OpenRepository {
    @TempDir
    Path directory;

    Repository repository;

    @BeforeEach
    void open() {
        repository = StoreDirectory.below(directory).init(StoreConfig.create(0));
    }

    @AfterEach
    void close() {
        repository.close();
    }
}
