package io.stripeline.testkit;

import io.stripeline.Capabilities;
import io.stripeline.FileSystemId;
import io.stripeline.Volume;
import io.stripeline.change.ChangeSource;
import io.stripeline.flow.Job;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Entry;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeBatch;
import io.stripeline.layout.Extent;
import io.stripeline.read.ContentSource;
import io.stripeline.read.XattrRoom;
import io.stripeline.scan.ScanSpec;
import io.stripeline.write.TreeWriter;
import java.nio.file.Path;
import java.util.Optional;
import reactor.core.publisher.Flux;

/**
 * Puts {@link Faults} around the calls of any volume: what a reader asks can fail, be short, be slow, or find that
 * somebody changed the tree just before.
 *
 * <pre>{@code
 * Faults faults = new Faults();
 * faults.on(Call.OPEN, "a/b").fail(Errno.EIO);
 * faults.on(Call.READ).nth(3).run(() -> fake.replace("x", Tree.fifo("x")));
 * Volume volume = new FaultyVolume(fake, faults);
 * }</pre>
 */
public record FaultyVolume(Volume inner, Faults faults) implements Volume {
    @Override
    public String kind() {
        return inner.kind();
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
        return inner.capabilities();
    }

    /** Faults of SCAN come before a batch is passed on; a failing one ends the stream, as a lost root does. */
    @Override
    public Flux<InodeBatch> scan(ScanSpec spec, Job job) {
        return inner.scan(spec, job).doOnNext(batch -> faults.before(Faults.Call.SCAN, ""));
    }

    @Override
    public Optional<ChangeSource> changes() {
        return inner.changes();
    }

    @Override
    public ContentSource content() {
        return new FaultyContent(inner.content(), faults);
    }

    @Override
    public ContentSource directContent(long bytes) {
        return new FaultyContent(inner.directContent(bytes), faults);
    }

    @Override
    public TreeWriter writer() {
        return inner.writer();
    }

    @Override
    public void close() {
        inner.close();
    }

    /** A content source with faults, for tests that have no volume. */
    public static ContentSource around(ContentSource content, Faults faults) {
        return new FaultyContent(content, faults);
    }

    private record FaultyContent(ContentSource inner, Faults faults) implements ContentSource {
        @Override
        public OpenFile open(Entry entry) {
            String path = entry.path().toString();
            faults.before(Faults.Call.OPEN, path);
            return new FaultyFile(inner.open(entry), path, faults);
        }

        @Override
        public Attributes attributes(Entry entry, XattrRoom room) {
            faults.before(Faults.Call.ATTRIBUTES, entry.path().toString());
            return inner.attributes(entry, room);
        }
    }

    private record FaultyFile(ContentSource.OpenFile inner, String path, Faults faults)
            implements ContentSource.OpenFile {
        @Override
        public Inode inode() {
            faults.before(Faults.Call.INODE, path);
            return inner.inode();
        }

        @Override
        public Attributes attributes(XattrRoom room) {
            faults.before(Faults.Call.FILE_ATTRIBUTES, path);
            return inner.attributes(room);
        }

        @Override
        public int read(long address, int length, long offset) {
            int most = faults.before(Faults.Call.READ, path);
            return inner.read(address, Math.min(length, most), offset);
        }

        @Override
        public Extent extent(long offset, long end) {
            faults.before(Faults.Call.EXTENT, path);
            return inner.extent(offset, end);
        }

        /** The file is closed whatever the fault, as by close(2). */
        @Override
        public void close() {
            inner.close();
            faults.before(Faults.Call.CLOSE, path);
        }
    }
}
