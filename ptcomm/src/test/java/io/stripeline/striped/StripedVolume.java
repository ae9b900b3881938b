package io.stripeline.striped;

import io.stripeline.Capabilities;
import io.stripeline.FileSystemId;
import io.stripeline.Volume;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.inode.Entry;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.RawPath;
import io.stripeline.read.ContentSource;
import io.stripeline.scan.ScanSpec;
import io.stripeline.write.TreeWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import reactor.core.publisher.Flux;

/** A directory whose files have layouts; all else is the inner volume's. */
final class StripedVolume implements Volume {
    private final Volume inner;

    StripedVolume(Volume inner) {
        this.inner = inner;
    }

    @Override
    public String kind() {
        return "striped";
    }

    @Override
    public Path root() {
        return inner.root();
    }

    @Override
    public FileSystemId fileSystemId() {
        return inner.fileSystemId();
    }

    @Override
    public FileSystemId fileSystemId(long device) {
        return inner.fileSystemId(device);
    }

    @Override
    public Capabilities capabilities() {
        Capabilities of = inner.capabilities();
        return new Capabilities(
                of.changes(),
                true,
                true,
                of.hardLinks(),
                of.xattrs(),
                of.allXattrs(),
                of.holes(),
                of.generation(),
                of.timeGranularity(),
                of.metadataLanes());
    }

    @Override
    public Flux<InodeBatch> scan(ScanSpec spec, Job job) {
        return inner.scan(spec, job);
    }

    @Override
    public ContentSource content() {
        return new StripedContent(inner.content());
    }

    @Override
    public TreeWriter writer() {
        Path log = Path.of(System.getProperty(StripedDriver.LOG));
        return (items, plan, job) -> inner.writer().write(items.doOnNext(item -> announced(item, log)), plan, job);
    }

    /** As a file is announced: a filesystem with layouts has to know then. */
    private static void announced(Item item, Path log) {
        if (item instanceof Item.Begin begin && begin.entry().inode().isRegular()) {
            Entry entry = begin.entry();
            boolean same =
                    StripedContent.of(entry.name()).equals(entry.attributes().layout());
            String line = RawPath.printable(entry.name()) + (same ? " same" : " other");
            try {
                Files.write(log, java.util.List.of(line), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    @Override
    public void close() {
        inner.close();
    }
}
