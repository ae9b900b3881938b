package io.stripeline.examples;

import io.stripeline.FileSystemDriver;
import io.stripeline.Volume;
import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Report;
import io.stripeline.flow.Sink;
import io.stripeline.inode.InodeBatch;
import io.stripeline.read.Read;
import io.stripeline.read.ReadSpec;
import io.stripeline.scan.ScanSpec;
import io.stripeline.slab.SlabPool;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Prints the SHA-256 of every regular file below a directory, as {@code sha256sum} does: a walk, an operator on its
 * batches, and a sink of one's own.
 *
 * <p>Files are read in parallel and ahead; the sink gets them one after the other, however large they are, in pieces of
 * a pool of 32 MiB. That pool is all the memory that content takes.
 */
public final class Manifest {
    private Manifest() {}

    public static void main(String[] args) {
        Report report = write(Path.of(args[0]), System.out::println);
        report.problems().forEach(group -> System.err.println(group.count() + " x " + group.cause()));
    }

    /** Gives one line per file to {@code lines}, and tells what could not be read in the report. */
    static Report write(Path root, Consumer<String> lines) {
        Job job = Job.start();
        try (Volume volume = FileSystemDriver.openBest(root);
                SlabPool slabs = SlabPool.ofBytes(32 << 20)) {
            ReadSpec how = ReadSpec.of(volume.capabilities());
            Flux<InodeBatch> rows =
                    volume.scan(ScanSpec.all().exclude("*.tmp"), job).filter(batch -> batch.size() > 0);
            Flux<Item> items = rows.transform(Read.items(volume.content(), slabs, how, Base.NONE, job));
            return Objects.requireNonNull(
                    Pipelines.run(items, new DigestSink(lines, job)).block());
        }
    }

    /** Knows one file at a time, since pieces of two files never mix. */
    private static final class DigestSink implements Sink {
        private final Consumer<String> lines;
        private final Job job;
        private final MessageDigest digest = sha256();
        private String path = "";

        DigestSink(Consumer<String> lines, Job job) {
            this.lines = lines;
            this.job = job;
        }

        @Override
        public Mono<Report> write(Flux<Item> items) {
            return items.reduceWith(() -> this, DigestSink::take).map(done -> Report.of("", job));
        }

        private DigestSink take(Item item) {
            if (item instanceof Item.Begin begin) {
                path = begin.entry().path().toString();
                begin.release(); // and what its attributes hold
            } else if (item instanceof Item.Data data) {
                digest.update(data.slab().buffer());
                data.slab().release(); // whoever receives a slab gives it back
            } else if (item instanceof Item.Hole hole) {
                byte[] zeros = new byte[4096];
                for (long left = hole.length(); left > 0; left -= zeros.length) {
                    digest.update(zeros, 0, (int) Math.min(left, zeros.length));
                }
            } else if (item instanceof Item.End end) {
                byte[] sum = digest.digest();
                if (end.inode().isRegular() && end.outcome().hasContent()) {
                    lines.accept(HexFormat.of().formatHex(sum) + "  " + path);
                }
            } else if (item instanceof Item.Link link) {
                lines.accept("same as " + link.first() + "  " + link.entry().path());
            }
            return this;
        }

        private static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException missing) {
                throw new IllegalStateException("Every Java has SHA-256", missing);
            }
        }
    }
}
