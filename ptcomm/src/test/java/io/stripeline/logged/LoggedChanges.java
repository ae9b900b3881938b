package io.stripeline.logged;

import io.stripeline.change.At;
import io.stripeline.change.Change;
import io.stripeline.change.ChangeSource;
import io.stripeline.change.Cursor;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.StatxBuffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** Reads the log of a directory: lines as {@link LoggedTree} writes them, the number of the first one in front. */
final class LoggedChanges implements ChangeSource {
    private static final String KIND = "logged";

    private final Path root;
    private final RawPath rawRoot;
    private final long device;

    LoggedChanges(Path root) {
        this.root = root;
        this.rawRoot = RawPath.of(root.toString());
        this.device = stat(RawPath.ROOT).id().device();
    }

    private List<String> lines() {
        try {
            Path log = LoggedTree.log(root);
            return Files.exists(log) ? Files.readAllLines(log) : List.of("0");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public Cursor now() {
        List<String> lines = lines();
        return new Cursor(
                KIND,
                1,
                ByteBuffer.allocate(8)
                        .putLong(Long.parseLong(lines.get(0)) + lines.size() - 1)
                        .array());
    }

    @Override
    public Flux<Change> since(Cursor from, Cursor until) {
        return Flux.defer(() -> Flux.fromIterable(told(position(from), position(until))));
    }

    private static long position(Cursor cursor) {
        return cursor.kind().equals(KIND) ? ByteBuffer.wrap(cursor.position()).getLong() : -1;
    }

    private List<Change> told(long from, long until) {
        List<String> lines = lines();
        long first = Long.parseLong(lines.get(0));
        List<Change> out = new ArrayList<>();
        if (from < first) {
            out.add(new Change.Lost(RawPath.ROOT));
        }
        for (long at = Math.max(from, first); at < until; at++) {
            out.add(change(lines.get((int) (at - first) + 1)));
        }
        return out;
    }

    private Change change(String line) {
        String[] words = line.split(" ", 5);
        return switch (words[0]) {
            case "T" -> new Change.Touched(id(words[1]));
            case "G" -> new Change.Gone(at(words[1], words[4]), words[3].equals("d"), id(words[2]));
            case "M" -> new Change.Moved(id(words[2]), at(words[1], words[4]));
            default -> throw new IllegalStateException("The log holds " + line);
        };
    }

    private InodeId id(String number) {
        return new InodeId(device, 0, Long.parseLong(number));
    }

    private At at(String parent, String name) {
        return new At.Name(id(parent), name.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void acknowledge(Cursor oldest) {
        try {
            Files.writeString(LoggedTree.acknowledged(root), Long.toString(position(oldest)));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public @Nullable Inode inode(RawPath path) {
        try {
            return stat(path);
        } catch (PosixException failed) {
            if (failed.errno() == Errno.ENOENT || failed.errno() == Errno.ENOTDIR) {
                return null;
            }
            throw failed;
        }
    }

    private Inode stat(RawPath path) {
        RawPath absolute = path.isRoot() ? rawRoot : rawRoot.child(path.toBytes());
        StatxBuffer stat = new StatxBuffer();
        Posix.statx(Fcntl.AT_FDCWD, absolute.toBytes(), StatxBuffer.BASIC_STATS | StatxBuffer.BTIME, stat);
        return new Inode(
                new InodeId(stat.dev(), 0, stat.ino()),
                stat.mode(),
                stat.nlink(),
                stat.uid(),
                stat.gid(),
                stat.sizeBytes(),
                stat.blocks512(),
                stat.rdev(),
                new Timestamp(stat.atimeSeconds(), stat.atimeNanos()),
                new Timestamp(stat.mtimeSeconds(), stat.mtimeNanos()),
                new Timestamp(stat.ctimeSeconds(), stat.ctimeNanos()),
                new Timestamp(stat.btimeSeconds(), stat.btimeNanos()));
    }

    @Override
    public List<RawPath> paths(InodeId inode) {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(path -> LoggedTree.number(path) == inode.low())
                    .map(path -> RawPath.of(root.relativize(path).toString()))
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
