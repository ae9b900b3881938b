package io.stripeline.bench;

import io.stripeline.FileSystemDriver;
import io.stripeline.Volume;
import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.flow.Sink;
import io.stripeline.posix.Processes;
import io.stripeline.read.Read;
import io.stripeline.read.ReadSpec;
import io.stripeline.scan.ScanSpec;
import io.stripeline.slab.SlabPool;
import java.nio.file.Path;

/**
 * Scan and read of a tree into a sink that drops everything: {@code ReadBench READERS ROUNDS ROOT}, 0 readers for the
 * standard number. Prints each round; the first one has the compiler in it.
 */
public final class ReadBench {
    private ReadBench() {}

    public static void main(String[] args) {
        int readers = Integer.parseInt(args[0]);
        ReadSpec spec = readers == 0 ? ReadSpec.standard() : ReadSpec.standard().readers(readers);
        for (int round = 0; round < Integer.parseInt(args[1]); round++) {
            round(Path.of(args[2]), spec);
        }
    }

    private static void round(Path root, ReadSpec spec) {
        long start = System.nanoTime();
        long cpu = Processes.cpuNanos();
        Job job = Job.start();
        Sink dropping = items -> items.map(ReadBench::drop).count().map(count -> Report.of(Long.toString(count), job));
        try (Volume volume = FileSystemDriver.openBest(root);
                SlabPool slabs = SlabPool.ofBytes(64 << 20)) {
            Pipelines.run(
                            volume.scan(ScanSpec.all(), job)
                                    .transform(Read.items(volume.content(), slabs, spec, Base.NONE, job)),
                            dropping)
                    .block();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        long entries = job.progress().get(Counter.ENTRIES);
        System.out.printf(
                "entries %d bytes %d problems %d  %.3f s  %.0f entries/s  %.0f MB/s  cpu %.3f s, %.2f us an entry%n",
                entries,
                job.progress().get(Counter.BYTES),
                job.problems().groups().size(),
                seconds,
                entries / seconds,
                job.progress().get(Counter.BYTES) / seconds / 1e6,
                (Processes.cpuNanos() - cpu) / 1e9,
                (Processes.cpuNanos() - cpu) / 1e3 / entries);
    }

    private static boolean drop(Item item) {
        if (item instanceof Item.Data data) {
            data.slab().release();
        }
        return true;
    }
}
