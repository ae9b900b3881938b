package io.stripeline.dedup;

import io.stripeline.flow.Report;
import java.nio.file.Path;
import java.time.Duration;

/** A program that is killed: backs a tree up once and says so. */
final class BackupChild {
    private BackupChild() {}

    public static void main(String[] args) {
        System.out.println("running");
        StoredTree stored = new StoredTree(Path.of(args[2]), Path.of(args[0]), Path.of(args[1]));
        BackupOptions options = BackupOptions.standard()
                .temporary(stored.temporary())
                .checkpointEvery(Duration.ofMillis(Long.parseLong(args[3])));
        Report report = stored.backup(options, StoredTree.later());
        System.out.println("stored " + report.id());
        System.exit(0); // what a test run would wait for does not matter here
    }
}
