package io.stripeline.cli;

import io.stripeline.dedup.DedupStore;
import io.stripeline.dedup.StoredSet;
import io.stripeline.flow.Job;
import io.stripeline.inode.RawPath;
import io.stripeline.program.Interrupt;
import io.stripeline.snapshot.FormatException;
import io.stripeline.snapshot.Row;
import io.stripeline.snapshot.RowStream;
import io.stripeline.snapshot.SnapshotSet;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "ls",
        description = "List a directory of a snapshot, or with -R everything below it.",
        footerHeading = "%nExample:%n",
        footer = "  stripeline ls ./store latest doc/bash")
final class LsCommand implements Callable<Integer> {
    private final Console console;
    private final Interrupt interrupt;

    @Parameters(index = "0", paramLabel = "STORE", description = "Directory of the store.")
    private Path storePath = Path.of("");

    @Parameters(index = "1", paramLabel = "SNAPSHOT", description = "latest, a set, or the beginning of an id.")
    private String snapshot = "";

    @Parameters(index = "2", arity = "0..1", paramLabel = "PATH", description = "Below the root of the snapshot.")
    private String path = "";

    @Option(
            names = {"-R", "--recursive"},
            description = "List everything below PATH.")
    private boolean recursive;

    @Mixin
    private final Common common = new Common();

    LsCommand(Console console, Interrupt interrupt) {
        this.console = console;
        this.interrupt = interrupt;
    }

    @Override
    public Integer call() {
        SnapshotPath.check(path);
        Job job = StoreReading.job(console);
        try (DedupStore store = DedupStore.open(storePath)) {
            StoredSet set = store.find(snapshot, job);
            SnapshotSet namespace = store.open(set);
            RawPath below = SnapshotPath.parse(set.any().path(), path);
            if (StoreReading.isAbsent(namespace, below)) {
                throw new Trouble.Refused("'" + below + "' is not in snapshot " + snapshot);
            }
            Row file = recursive ? null : file(namespace, below, job);
            if (file != null) {
                print(oneOf(file), job);
            } else {
                print(recursive ? namespace.rows(below) : namespace.list(below), job);
            }
        }
        return StoreReading.exitCode(job);
    }

    /** The row of a path that is no directory; null for a directory, and where damage hides what it is. */
    private static @Nullable Row file(SnapshotSet namespace, RawPath path, Job job) {
        try {
            Row row = namespace.find(path);
            return row == null || row.isDirectory() ? null : row;
        } catch (FormatException damage) {
            StoreReading.damaged(job, path, damage);
            return null;
        }
    }

    /** The next row; damage on the way is told. */
    private static @Nullable Row next(RowStream rows, Job job) {
        while (true) {
            try {
                return rows.next();
            } catch (FormatException damage) {
                StoreReading.damaged(job, damage);
            }
        }
    }

    private static RowStream oneOf(Row row) {
        java.util.Iterator<Row> one = java.util.List.of(row).iterator();
        return () -> one.hasNext() ? one.next() : null;
    }

    private void print(RowStream rows, Job job) {
        RowPrinter printer = new RowPrinter(console.out(), job);
        if (common.json) {
            try (JsonOut json = new JsonOut(console.out())) {
                for (Row row = next(rows, job); row != null && !interrupt.isRaised(); row = next(rows, job)) {
                    printer.json(json, row);
                }
            }
            return;
        }
        for (Row row = next(rows, job); row != null && !interrupt.isRaised(); row = next(rows, job)) {
            printer.text(row);
        }
    }
}
