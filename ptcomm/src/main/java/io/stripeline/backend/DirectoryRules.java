package io.stripeline.backend;

import io.stripeline.flow.Progress;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.FileType;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.StatFs;
import io.stripeline.posix.StatxBuffer;
import io.stripeline.program.MountPoint;
import io.stripeline.scan.Gate;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a FileSet can say of directories and its core tells no plugin: {@code Exclude Dir Containing}, {@code fstype} and
 * {@code onefs}, by keys of our own. Behind the FileSet's rules, so that only what they take is looked at. Thread-safe.
 */
final class DirectoryRules implements Gate {
    /** Devices whose filesystem is remembered: of a tree with more mounts some are asked about again. */
    private static final int REMEMBERED = 4096;

    private final Gate rules;
    private final RawPath root;
    private final long rootDevice;
    private final Markers markers;
    private final Set<String> types;
    private final boolean watches;
    private final Function<RawPath, String> typeOf;
    private final Progress progress;
    private final Map<Long, Boolean> entered = new ConcurrentHashMap<>();
    private final AtomicInteger others = new AtomicInteger();
    private final AtomicReference<@Nullable RawPath> crossed = new AtomicReference<>();

    /** @param typeOf name of the filesystem that holds a directory */
    DirectoryRules(Gate rules, RawPath root, JobOptions options, Progress progress, Function<RawPath, String> typeOf) {
        this.rules = rules;
        this.root = root;
        this.markers = new Markers(options.markers());
        this.types = options.fsTypes();
        this.watches = !options.saysFileSystems();
        this.typeOf = typeOf;
        this.progress = progress;
        StatxBuffer at = new StatxBuffer();
        Posix.statx(Fcntl.AT_FDCWD, root.toBytes(), StatxBuffer.NO_SIZE, at);
        this.rootDevice = at.dev();
    }

    static DirectoryRules of(Gate rules, RawPath root, JobOptions options, Progress progress) {
        return new DirectoryRules(rules, root, options, progress, DirectoryRules::type);
    }

    /** Refuses a tree of which nothing would be saved. */
    static void check(RawPath root, JobOptions options) {
        Set<String> types = options.fsTypes();
        if (!types.isEmpty() && !types.contains(type(root))) {
            throw new JobOptions.Bad("path=" + root + " is on " + type(root) + ", which fs_types= does not list");
        }
    }

    private static String type(RawPath directory) {
        return MountPoint.of(OpenTrees.path(directory)).type();
    }

    @Override
    public void ask(InodeBatch rows, BitSet taken, BitSet enter) {
        rules.ask(rows, taken, enter);
        if (markers.isEmpty() && types.isEmpty() && !watches) {
            return;
        }
        for (int row = taken.nextSetBit(0); row >= 0; row = taken.nextSetBit(row + 1)) {
            if (FileType.of(rows.mode(row)) != FileType.DIRECTORY) {
                continue;
            }
            if (!isEntered(rows, row)) {
                enter.clear(row);
                progress.add(Counter.SKIPPED, 1);
            } else if (!markers.isEmpty() && markers.areIn(path(rows, row))) {
                taken.clear(row);
            }
        }
    }

    private RawPath path(InodeBatch rows, int row) {
        return root.child(rows.path(row).toBytes());
    }

    /** False for what is on a filesystem of another type than is wanted. */
    private boolean isEntered(InodeBatch rows, int row) {
        long device = rows.device(row);
        if (device == rootDevice || types.isEmpty() && !watches) {
            return true;
        }
        Boolean known = entered.get(device);
        return known == null ? meet(device, path(rows, row)) : known;
    }

    /** The first directory of a device. */
    private boolean meet(long device, RawPath path) {
        boolean wanted;
        try {
            wanted = types.isEmpty() || types.contains(typeOf.apply(path));
        } catch (UncheckedIOException gone) {
            return true; // whoever enters it says why it cannot be looked at
        }
        boolean isNew = entered.size() < REMEMBERED && entered.putIfAbsent(device, wanted) == null;
        if (watches && isNew && isStored(path)) {
            others.incrementAndGet();
            crossed.compareAndSet(null, path);
        }
        return wanted;
    }

    /** What the kernel makes up, a walk enters never. */
    private static boolean isStored(RawPath path) {
        try {
            return !StatFs.of(path.toBytes()).isPseudo();
        } catch (PosixException gone) {
            return false;
        }
    }

    /** For the job's log: that the walk left the filesystem of its tree, and nobody said whether it should; else null. */
    @Nullable
    String crossing() {
        RawPath first = crossed.get();
        return first == null
                ? null
                : "path=" + root + ": other filesystems are mounted below it (" + others + ", one of them at " + first
                        + ") and are saved as well. The FileSet's onefs does not reach the plugin: write one_fs=yes to leave"
                        + " them out, or one_fs=no if that is meant";
    }
}
