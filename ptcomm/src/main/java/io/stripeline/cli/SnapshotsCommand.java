package io.stripeline.cli;

import io.stripeline.dedup.DedupStore;
import io.stripeline.dedup.StoredSnapshot;
import io.stripeline.flow.Job;
import io.stripeline.inode.Timestamp;
import io.stripeline.program.Figures;
import io.stripeline.program.Interrupt;
import io.stripeline.snapshot.SnapshotRoot;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "snapshots",
        description = "List the snapshots of a store, oldest first.",
        footerHeading = "%nExample:%n",
        footer = "  stripeline snapshots ./store")
final class SnapshotsCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final Console console;

    @Parameters(paramLabel = "STORE", description = "Directory of the store.")
    private Path storePath = Path.of("");

    @Mixin
    private final Common common = new Common();

    SnapshotsCommand(Console console, Interrupt interrupt) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Job job = StoreReading.job(console);
        try (DedupStore store = DedupStore.open(storePath)) {
            List<StoredSnapshot> snapshots = store.snapshots(job);
            if (common.json) {
                json(snapshots);
            } else {
                text(snapshots);
            }
        }
        return StoreReading.exitCode(job);
    }

    private void text(List<StoredSnapshot> snapshots) {
        if (snapshots.isEmpty()) {
            console.out().println("no snapshots yet");
            return;
        }
        console.out().printf("%-8s  %-19s  %12s  %10s  %s%n", "ID", "START", "ENTRIES", "SIZE", "WHAT");
        for (StoredSnapshot snapshot : snapshots) {
            SnapshotRoot root = snapshot.root();
            console.out()
                    .printf(
                            "%-8s  %-19s  %12s  %10s  %s%n",
                            snapshot.shortId(),
                            time(root.start()),
                            Figures.count(root.counts().entries()),
                            Figures.bytes(root.counts().fileBytes()),
                            what(root));
        }
    }

    private static String what(SnapshotRoot root) {
        StringBuilder text = new StringBuilder(root.host()).append(':').append(root.path());
        if (!root.shard().isAll()) {
            text.append("  shard ").append(root.shard()).append(" of set ").append(root.set());
        }
        if (!root.tags().isEmpty()) {
            text.append("  [").append(String.join(", ", root.tags())).append(']');
        }
        if (root.partial()) {
            text.append("  (checkpoint of a run that did not end)");
        } else if (root.incomplete()) {
            text.append("  (some files could not be read)");
        }
        return text.toString();
    }

    static String time(Timestamp at) {
        return TIME.format(Instant.ofEpochSecond(at.seconds()));
    }

    private void json(List<StoredSnapshot> snapshots) {
        try (JsonOut json = new JsonOut(console.out())) {
            for (StoredSnapshot snapshot : snapshots) {
                SnapshotRoot root = snapshot.root();
                json.begin()
                        .field("id", snapshot.id())
                        .field("set", root.set())
                        .field("shard", root.shard().toString())
                        .field("path", root.path().toString())
                        .field("host", root.host())
                        .field("user", root.user())
                        .field("program", root.program())
                        .field("tags", root.tags())
                        .field("start_seconds", root.start().seconds())
                        .field("end_seconds", root.end().seconds())
                        .field("partial", root.partial())
                        .field("incomplete", root.incomplete())
                        .field("parents", root.parents())
                        .field("entries", root.counts().entries())
                        .field("directories", root.counts().directories())
                        .field("files", root.counts().files())
                        .field("file_bytes", root.counts().fileBytes())
                        .end();
            }
        }
    }
}
