package io.stripeline.dedup;

import io.stripeline.flow.Report;
import java.nio.file.Path;
import java.time.Duration;

/** A program that is killed: backs a tree up once and says so. */
final class BackupChild {
    private BackupChild() {}

    public static void main(String[] args) {
        System.out.println("running");
        BackupOptions options = BackupOptions.standard()
                .temporary(Path.of(args[2]))
                .checkpointEvery(Duration.ofMillis(Long.parseLong(args[3])));
        Report report = StoreOnDiskTest.backup(Path.of(args[0]), Path.of(args[1]), options, StoreOnDiskTest.later());
        System.out.println("stored " + report.id());
        System.exit(0); // what a test run would wait for does not matter here
    }
}
