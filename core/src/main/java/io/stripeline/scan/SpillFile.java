package io.stripeline.scan;

import io.stripeline.inode.Dir;
import io.stripeline.inode.RawPath;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pending directories on disk: segments of a temporary file, the last one read back first. A directory here holds no
 * descriptor and no objects; it is found again by its path. Not thread-safe: {@link WorkList} has the lock.
 *
 * <p>A record is: path length int, path, device long, parent's device long, path hash long, owned byte, lane int.
 */
final class SpillFile implements AutoCloseable {
    private record Segment(long start, int count) {}

    private final ArrayDeque<Segment> segments = new ArrayDeque<>();
    private @Nullable FileChannel file;
    private long end;

    boolean isEmpty() {
        return segments.isEmpty();
    }

    /** Writes these as one segment. */
    void push(List<Work.Pending> items) {
        try {
            if (file == null) {
                Path path = Files.createTempFile("stripeline-scan", ".spill");
                file = FileChannel.open(
                        path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
            }
            file.position(end);
            DataOutputStream out =
                    new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(file), 1 << 16));
            for (Work.Pending item : items) {
                byte[] path = item.dir().path().toBytes();
                out.writeInt(path.length);
                out.write(path);
                out.writeLong(item.device());
                out.writeLong(item.parentDevice());
                out.writeLong(item.pathHash());
                out.writeBoolean(item.owned());
                out.writeInt(item.lane());
            }
            out.flush();
            segments.addLast(new Segment(end, items.size()));
            end = file.position();
        } catch (IOException failed) {
            throw new UncheckedIOException("Pending directories cannot be written to a temporary file", failed);
        }
    }

    /** Reads the last segment back and forgets it. */
    List<Work.Pending> pop() {
        Segment segment = segments.removeLast();
        List<Work.Pending> items = new ArrayList<>(segment.count);
        try {
            FileChannel from = java.util.Objects.requireNonNull(file);
            from.position(segment.start);
            DataInputStream in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(from), 1 << 16));
            Dir dir = Dir.root();
            for (int i = 0; i < segment.count; i++) {
                dir = dirOf(RawPath.of(in.readNBytes(in.readInt())), dir);
                items.add(new Work.Pending(
                        null, dir, in.readLong(), in.readLong(), in.readLong(), in.readBoolean(), in.readInt()));
            }
            from.truncate(segment.start);
            end = segment.start;
        } catch (IOException failed) {
            throw new UncheckedIOException("Pending directories cannot be read back from a temporary file", failed);
        }
        return items;
    }

    /** A directory of this path; shares the parents of {@code sibling} where they are the same. */
    private static Dir dirOf(RawPath path, Dir sibling) {
        byte[] bytes = path.toBytes();
        Dir parent = sibling.parent();
        RawPath above = path.parent();
        if (parent != null && parent.path().equals(above)) {
            return parent.child(path.name());
        }
        Dir dir = Dir.root();
        int from = 0;
        for (int i = 0; i <= bytes.length; i++) {
            if (i == bytes.length || bytes[i] == '/') {
                dir = dir.child(Arrays.copyOfRange(bytes, from, i));
                from = i + 1;
            }
        }
        return dir;
    }

    @Override
    public void close() {
        segments.clear();
        if (file != null) {
            try {
                file.close();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }
}
