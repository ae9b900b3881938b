package io.stripeline.scan;

import io.stripeline.Shard;
import io.stripeline.flow.Job;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ScanSpec} takes of rows that were found by other means than a walk: the same rows that the walk would
 * report. A walk decides from the top down, so each directory above a row is decided here as well, once. Of one thread,
 * which may block.
 */
public final class Selected {
    /** Directories whose verdict is remembered: rows of one come together. */
    private static final int REMEMBERED = 16_384;

    private final ScanSpec spec;
    private final Function<RawPath, @Nullable Inode> inodes;
    private final Job job;
    private final ShardRule shard;
    private long rootDevice;
    private final Map<RawPath, Boolean> verdicts = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RawPath, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** @param inodes what is under a path now, null where there is nothing */
    public Selected(ScanSpec spec, Function<RawPath, @Nullable Inode> inodes, Job job) {
        this.spec = spec;
        this.inodes = inodes;
        this.job = job;
        this.shard = new ShardRule(spec.shard());
    }

    /** The rows that are taken, and all failures. */
    public InodeBatch of(InodeBatch rows) {
        BitSet taken = new BitSet(rows.size());
        for (int row = 0; row < rows.size(); row++) {
            RawPath path = rows.path(row);
            Inode inode = rows.inode(row);
            taken.set(row, owns(path, inode) && isReached(path) && isTaken(path, inode));
        }
        Gate gate = spec.gate();
        if (gate != null && !taken.isEmpty()) {
            InodeBatch left = rows.only(taken);
            BitSet reported = all(left.size());
            gate.ask(left, reported, all(left.size()));
            job.progress().add(Counter.SKIPPED, left.size() - reported.cardinality());
            return left.only(reported);
        }
        return taken.cardinality() == rows.size() ? rows : rows.only(taken);
    }

    private static BitSet all(int rows) {
        BitSet out = new BitSet(rows);
        out.set(0, rows);
        return out;
    }

    /** True where the walk would list the directory that holds this name. */
    private boolean isReached(RawPath path) {
        return path.isRoot() || isEntered(path.parent());
    }

    private boolean isEntered(RawPath directory) {
        Boolean known = verdicts.get(directory);
        if (known == null) {
            known = isReached(directory) && decide(directory);
            verdicts.put(directory, known);
        }
        return known;
    }

    private boolean decide(RawPath directory) {
        Inode inode = inodes.apply(directory);
        if (inode == null || !inode.isDirectory()) {
            return false;
        }
        if (directory.isRoot()) {
            rootDevice = inode.id().device();
        } else if (!isTaken(directory, inode)
                || spec.oneFileSystem() && inode.id().device() != rootDevice) {
            return false;
        }
        return gateEnters(directory, inode);
    }

    private boolean gateEnters(RawPath directory, Inode inode) {
        Gate gate = spec.gate();
        if (gate == null) {
            return true;
        }
        InodeBatch one = new InodeBatch();
        one.add(Dir.of(directory.parent()), directory.name(), inode);
        BitSet reported = all(1);
        BitSet entered = all(1);
        gate.ask(one, reported, entered);
        return reported.get(0) && entered.get(0);
    }

    private boolean isTaken(RawPath path, Inode inode) {
        if (path.isRoot()) {
            return true;
        }
        InodeId id = inode.id();
        if (spec.skipped().contains(new InodeId(id.device(), 0, id.low()))
                || spec.skipped().contains(id)) {
            job.progress().add(Counter.SKIPPED, 1);
            return false;
        }
        return !matches(spec.excludes(), path)
                && (inode.isDirectory() || spec.includes().isEmpty() || matches(spec.includes(), path));
    }

    private static boolean matches(List<Glob> globs, RawPath path) {
        for (Glob glob : globs) {
            if (glob.matches(path)) {
                return true;
            }
        }
        return false;
    }

    private boolean owns(RawPath path, Inode inode) {
        return shard.by() == Shard.By.HASH ? shard.ownsInode(inode.id().low()) : owns(shard, path);
    }

    /**
     * True for a name that {@code spec} may have taken, whatever stood there; its gate is not asked. By subtree a shard is
     * known from the path, by hash it is not, since the inode is gone.
     */
    public static boolean mayHold(ScanSpec spec, RawPath path, boolean directory) {
        ShardRule rule = new ShardRule(spec.shard());
        if (rule.by() == Shard.By.SUBTREE && !owns(rule, path)) {
            return false;
        }
        for (RawPath at = path; !at.isRoot(); at = at.parent()) {
            if (matches(spec.excludes(), at)) {
                return false;
            }
        }
        return directory || spec.includes().isEmpty() || matches(spec.includes(), path);
    }

    private static boolean owns(ShardRule shard, RawPath path) {
        int depth = 0;
        long hash = ShardRule.rootHash();
        boolean owned = shard.ownsDirectory(depth, hash, false);
        for (byte[] name : path.parent().components()) {
            hash = ShardRule.childHash(hash, name);
            owned = shard.ownsDirectory(++depth, hash, owned);
        }
        return owned;
    }
}
