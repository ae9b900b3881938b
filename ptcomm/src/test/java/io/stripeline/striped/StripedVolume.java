package io.stripeline.striped;

import io.stripeline.Capabilities;
import io.stripeline.Volume;
import io.stripeline.flow.Item;
import io.stripeline.forward.ForwardingVolume;
import io.stripeline.inode.Entry;
import io.stripeline.inode.RawPath;
import io.stripeline.read.ContentSource;
import io.stripeline.write.TreeWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A directory whose files have layouts; all else is the inner volume's. */
final class StripedVolume extends ForwardingVolume {
    StripedVolume(Volume inner) {
        super(inner);
    }

    @Override
    public String kind() {
        return "striped";
    }

    @Override
    public Capabilities capabilities() {
        Capabilities of = super.capabilities();
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
    public ContentSource content() {
        return new StripedContent(super.content());
    }

    @Override
    public TreeWriter writer() {
        Path log = Path.of(System.getProperty(StripedDriver.LOG));
        TreeWriter inner = super.writer();
        return (items, plan, job) -> inner.write(items.doOnNext(item -> announced(item, log)), plan, job);
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
}
