package io.stripeline.bench;

import io.stripeline.FileSystemDriver;
import io.stripeline.Volume;
import io.stripeline.flow.Job;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.posix.Processes;
import io.stripeline.scan.ScanSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One walk in a fresh JVM: {@code WalkBench THREADS ROOT}, 0 threads adapts. Prints entries, seconds from the start of
 * {@code main}, and CPU seconds of the process since then, compiler and collector included.
 */
public final class WalkBench {
    private WalkBench() {}

    /** From /proc, in ticks of 10 ms: loading the native binding is part of what is measured. */
    private static double cpuSecondsSoFar() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
    }

    public static void main(String[] args) throws IOException {
        long start = System.nanoTime();
        double cpu = cpuSecondsSoFar();
        Job job = Job.start();
        AtomicLong batches = new AtomicLong();
        AtomicLong failures = new AtomicLong();
        double ready;
        try (Volume volume = FileSystemDriver.openBest(Path.of(args[1]))) {
            ready = (System.nanoTime() - start) / 1e9;
            volume.scan(ScanSpec.all().workers(Integer.parseInt(args[0])), job)
                    .doOnNext(batch -> {
                        batches.incrementAndGet();
                        failures.addAndGet(batch.failures().size());
                    })
                    .blockLast();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        long entries = job.progress().get(Counter.SCANNED);
        System.out.printf(
                "entries %d dirs %d bytes %d failures %d batches %d  %.3f s (%.3f s of it walking)  %.0f entries/s  cpu %.3f s%n",
                entries,
                job.progress().get(Counter.DIRECTORIES),
                job.progress().get(Counter.SCANNED_BYTES),
                failures.get(),
                batches.get(),
                seconds,
                seconds - ready,
                entries / seconds,
                Processes.cpuNanos() / 1e9 - cpu);
    }
}
