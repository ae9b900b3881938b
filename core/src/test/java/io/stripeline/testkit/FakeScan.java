package io.stripeline.testkit;

import io.stripeline.Shard;
import io.stripeline.flow.Job;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.Dir;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.RawPath;
import io.stripeline.scan.Gate;
import io.stripeline.scan.Glob;
import io.stripeline.scan.RefusedRootException;
import io.stripeline.scan.ScanSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import reactor.core.publisher.Flux;

/**
 * The walk of a {@link FakeVolume}: one directory at a time, when somebody asks for a batch, on the thread that asks.
 */
final class FakeScan {
    private record Pending(Dir dir, FakeInode inode, RawPath path) {}

    private final FakeVolume volume;
    private final ScanSpec spec;
    private final Job job;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private final Deque<InodeBatch> full = new ArrayDeque<>();
    private InodeBatch batch = new InodeBatch();

    private FakeScan(FakeVolume volume, ScanSpec spec, Job job) {
        this.volume = volume;
        this.spec = spec;
        this.job = job;
    }

    static Flux<InodeBatch> of(FakeVolume volume, ScanSpec spec, Job job) {
        return Flux.generate(() -> new FakeScan(volume, spec, job).start(), (scan, sink) -> {
            InodeBatch next = scan.next();
            if (next == null) {
                sink.complete();
            } else {
                sink.next(next);
            }
            return scan;
        });
    }

    private FakeScan start() {
        volume.underLock(() -> {
            volume.checkOpen("scan");
            if (spec.skipped().contains(volume.rootInode().inode().id())) {
                throw new RefusedRootException("the root of the walk must not be walked");
            }
            Dir dir = Dir.root();
            Answer answer = ask(dir, new byte[0], volume.rootInode());
            if (answer.taken && owns(RawPath.ROOT, volume.rootInode())) {
                row(dir, new byte[0], volume.rootInode());
            }
            if (!answer.entered) {
                return;
            }
            pending.push(new Pending(dir, volume.rootInode(), RawPath.ROOT));
        });
        return this;
    }

    private @org.jspecify.annotations.Nullable InodeBatch next() {
        return volume.locked(() -> {
            volume.checkOpen("scan");
            while (full.isEmpty() && !pending.isEmpty()) {
                list(pending.pop());
            }
            if (full.isEmpty() && batch.size() > 0) {
                flush();
            }
            return full.poll();
        });
    }

    private void list(Pending at) {
        List<Map.Entry<Name, FakeInode>> children = new ArrayList<>(at.inode.children.entrySet());
        if (volume.isShuffled()) {
            Collections.shuffle(children, new Random(volume.order().nextLong() + at.inode.number));
        }
        for (Map.Entry<Name, FakeInode> child : children) {
            byte[] name = child.getKey().bytes();
            RawPath path = at.path.child(name);
            FakeInode inode = child.getValue();
            if (spec.skipped().contains(inode.inode().id())) {
                job.progress().add(Counter.SKIPPED, 1);
                continue;
            }
            if (matches(spec.excludes(), path)) {
                continue;
            }
            Answer answer = ask(at.dir, name, inode);
            boolean included = answer.taken
                    && (inode.isDirectory() || spec.includes().isEmpty() || matches(spec.includes(), path));
            if (included && owns(path, inode)) {
                row(at.dir, name, inode);
            }
            if (inode.isDirectory() && answer.entered) {
                pending.push(new Pending(at.dir.child(name), inode, path));
            }
        }
    }

    private record Answer(boolean taken, boolean entered) {}

    /** What the gate says of one row. */
    private Answer ask(Dir dir, byte[] name, FakeInode inode) {
        Gate gate = spec.gate();
        if (gate == null) {
            return new Answer(true, true);
        }
        InodeBatch one = new InodeBatch();
        one.add(dir, name, inode.inode());
        BitSet taken = new BitSet();
        BitSet entered = new BitSet();
        taken.set(0);
        entered.set(0);
        gate.ask(one, taken, entered);
        job.progress().add(Counter.SKIPPED, taken.get(0) ? 0 : 1);
        return new Answer(taken.get(0), taken.get(0) && entered.get(0));
    }

    private static boolean matches(List<Glob> globs, RawPath path) {
        return globs.stream().anyMatch(glob -> glob.matches(path));
    }

    /** Shards of a fake: by inode number, or by the first component of the path. */
    private boolean owns(RawPath path, FakeInode inode) {
        Shard shard = spec.shard();
        if (shard.isAll()) {
            return true;
        }
        long key = shard.by() == Shard.By.HASH || path.isRoot()
                ? inode.number
                : new Name(FakePlanting.components(path).get(0)).hashCode();
        return Math.floorMod(key, (long) shard.count()) == shard.index() - 1;
    }

    private void row(Dir dir, byte[] name, FakeInode inode) {
        batch.add(dir, name, inode.inode());
        job.progress().add(Counter.SCANNED, 1);
        if (inode.isDirectory()) {
            job.progress().add(Counter.DIRECTORIES, 1);
        }
        job.progress().add(Counter.SCANNED_BYTES, inode.content.length());
        if (batch.size() >= volume.batchRows()) {
            flush();
        }
    }

    private void flush() {
        full.add(batch);
        batch = new InodeBatch();
    }
}
