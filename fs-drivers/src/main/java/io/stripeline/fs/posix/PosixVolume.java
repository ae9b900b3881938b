package io.stripeline.fs.posix;

import io.stripeline.Capabilities;
import io.stripeline.FileSystemId;
import io.stripeline.Volume;
import io.stripeline.flow.Job;
import io.stripeline.inode.InodeBatch;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.Posix;
import io.stripeline.posix.Processes;
import io.stripeline.posix.StatFs;
import io.stripeline.posix.StatxBuffer;
import io.stripeline.read.ContentSource;
import io.stripeline.scan.ScanSpec;
import io.stripeline.scan.Tree;
import io.stripeline.scan.Walker;
import io.stripeline.write.PosixTreeWriter;
import io.stripeline.write.TreeWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import reactor.core.publisher.Flux;

/** A directory tree of any mounted filesystem, by plain system calls. */
public final class PosixVolume implements Volume {
    /** FAT counts its times in two seconds (linux/magic.h). */
    private static final long MSDOS_SUPER_MAGIC = 0x4d44;

    private final Path root;
    private final Fd fd;
    private final long device;
    private final StatFs statFs;
    private final InodeExtras extras = new InodeExtras();
    private final PosixContent content;
    private final Queue<PosixContent> direct = new ConcurrentLinkedQueue<>();
    private final Walker walker;
    private final Map<Long, FileSystemId> met = new ConcurrentHashMap<>();

    /** Devices in rows that are mounted nowhere, until such a directory is entered and tells its own identity. */
    private final Map<Long, FileSystemId> unmounted = new ConcurrentHashMap<>();

    private PosixVolume(Path root, Fd fd) {
        this.root = root;
        this.fd = fd;
        StatxBuffer stat = new StatxBuffer();
        Posix.statx(fd.number(), StatxBuffer.BASIC_STATS, stat);
        this.device = stat.dev();
        this.statFs = StatFs.of(fd.number());
        this.content = PosixContent.of(fd, extras);
        extras.top(device, new InodeCalls.Open(fd.number()));
        met.put(device, FileSystemIds.of(device, fd.number()));
        this.walker = new Walker(new PosixTree(), "scan-posix");
    }

    /**
     * Opens the tree at {@code root}; a symlink there is followed.
     *
     * @throws io.stripeline.posix.PosixException where it is no directory or cannot be opened
     */
    public static PosixVolume open(Path root) {
        Path absolute = absolute(root);
        Fd fd = Fd.openat(
                Fcntl.AT_FDCWD, RawName.of(absolute), Fcntl.O_RDONLY | Fcntl.O_DIRECTORY | Fcntl.O_NONBLOCK, 0);
        try {
            return new PosixVolume(absolute, fd);
        } catch (RuntimeException failed) {
            fd.close();
            throw failed;
        }
    }

    /**
     * Without dots where that leads to the same directory: not so behind a symlink, of which {@code ..} is the parent of
     * where it leads to.
     */
    private static Path absolute(Path root) {
        Path given = root.toAbsolutePath();
        Path plain = given.normalize();
        try {
            return given.equals(plain) || Files.isSameFile(given, plain) ? plain : given.toRealPath();
        } catch (IOException missing) {
            try {
                return given.toRealPath();
            } catch (IOException alsoMissing) {
                return given; // whoever opens it is told why it cannot be
            }
        }
    }

    private final class PosixTree implements Tree {
        @Override
        public int openRoot() {
            return Posix.openat(
                    fd.number(), new byte[] {'.'}, Fcntl.O_RDONLY | Fcntl.O_DIRECTORY | Fcntl.O_NOFOLLOW, 0);
        }

        @Override
        public void entered(long device, int dirfd) {
            extras.top(device, new InodeCalls.Open(dirfd));
            met.computeIfAbsent(device, d -> FileSystemIds.of(d, dirfd));
        }
    }

    @Override
    public String kind() {
        return "posix";
    }

    @Override
    public Path root() {
        return root;
    }

    @Override
    public FileSystemId fileSystemId() {
        return fileSystemId(device);
    }

    @Override
    public FileSystemId fileSystemId(long device) {
        FileSystemId id = met.get(device);
        if (id == null) {
            id = unmounted.get(device);
        }
        if (id == null) {
            Optional<FileSystemId> mounted = FileSystemIds.ofMounted(device);
            FileSystemId seen = mounted.orElseGet(() -> FileSystemIds.ofUnmounted(fileSystemId(), device));
            id = (mounted.isPresent() ? met : unmounted).computeIfAbsent(device, d -> seen);
        }
        return id;
    }

    @Override
    public Capabilities capabilities() {
        Duration granularity = statFs.type() == MSDOS_SUPER_MAGIC ? Duration.ofSeconds(2) : Duration.ofMillis(20);
        return new Capabilities(false, false, false, true, true, Processes.isRoot(), true, false, granularity, 1);
    }

    @Override
    public Flux<InodeBatch> scan(ScanSpec spec, Job job) {
        return walker.scan(spec, job);
    }

    @Override
    public ContentSource content() {
        return content;
    }

    @Override
    public ContentSource directContent(long bytes) {
        PosixContent made = PosixContent.direct(fd, bytes, extras);
        direct.add(made);
        return made;
    }

    @Override
    public TreeWriter writer() {
        return PosixTreeWriter.below(root);
    }

    @Override
    public void close() {
        walker.close();
        content.close();
        direct.forEach(PosixContent::close);
        fd.close();
    }
}
