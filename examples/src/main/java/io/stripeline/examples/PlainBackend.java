package io.stripeline.examples;

import io.stripeline.FileSystemDriver;
import io.stripeline.Volume;
import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Report;
import io.stripeline.inode.FileType;
import io.stripeline.inode.InodeBatch;
import io.stripeline.ptcomm.Ptcomm;
import io.stripeline.read.Read;
import io.stripeline.read.ReadSpec;
import io.stripeline.scan.ScanSpec;
import io.stripeline.slab.SlabPool;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.Objects;
import reactor.core.publisher.Flux;

/**
 * A backend for Bacula's File Daemon with a scan of its own: saves what was written in the last hours, and directories.
 * The plugin starts it, and talks to it on its standard input and output, which nobody may print to.
 *
 * <p>Usage: {@code PlainBackend DIRECTORY HOURS}, in the script that the plugin knows as its backend; the plugin command
 * is {@code stripeline: path=DIRECTORY}.
 */
public final class PlainBackend {
    private PlainBackend() {}

    public static void main(String[] args) throws IOException {
        System.setOut(System.err);
        try (FileInputStream in = new FileInputStream(FileDescriptor.in);
                FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            save(Path.of(args[0]), Integer.parseInt(args[1]), in.getChannel(), out.getChannel());
        }
    }

    /** Answers when the plugin has closed its end. */
    static Report save(Path root, int hours, ReadableByteChannel in, GatheringByteChannel out) {
        Job job = Job.start();
        long since = job.clock().instant().getEpochSecond() - hours * 3600L;
        try (Volume volume = FileSystemDriver.openBest(root);
                SlabPool slabs = SlabPool.ofBytes(32 << 20)) {
            ScanSpec young = ScanSpec.all().gate((rows, taken, entered) -> {
                for (int row = 0; row < rows.size(); row++) {
                    boolean directory = FileType.of(rows.mode(row)) == FileType.DIRECTORY;
                    taken.set(row, directory || rows.seconds(row, InodeBatch.MTIME) >= since);
                }
            });
            Flux<Item> items = volume.scan(young, job)
                    .transform(Read.items(volume.content(), slabs, ReadSpec.of(volume.capabilities()), Base.NONE, job));
            return Objects.requireNonNull(
                    Pipelines.run(items, Ptcomm.sink(in, out, job)).block());
        }
    }
}
