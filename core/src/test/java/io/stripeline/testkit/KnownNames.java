package io.stripeline.testkit;

import io.stripeline.Volume;
import io.stripeline.change.ChangeSource;
import io.stripeline.change.Cursor;
import io.stripeline.change.Past;
import io.stripeline.change.Settle;
import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.scan.ScanSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * What a backup server knows after a full backup and some incrementals: which inode stands under which name. Serves as
 * the {@link Past} of the next one, and as the base that judges what was lost.
 */
final class KnownNames implements Past, Base {
    private static final Duration LONG = Duration.ofSeconds(100);
    private static final Base.Known SAME = new Base.Known() {};

    final SortedMap<RawPath, Inode> names = new TreeMap<>();
    /** Rows of the last incremental that were sent. */
    final List<RawPath> sent = new ArrayList<>();
    /** Names that the last incremental told to be gone. */
    final List<RawPath> gone = new ArrayList<>();

    final Job job = Job.start();

    static KnownNames full(Volume volume, ScanSpec spec) {
        KnownNames out = new KnownNames();
        for (InodeBatch batch : Objects.requireNonNull(
                volume.scan(spec, Job.start()).collectList().block(LONG))) {
            for (int row = 0; row < batch.size(); row++) {
                out.names.put(batch.path(row), batch.inode(row));
            }
        }
        return out;
    }

    private KnownNames copy() {
        KnownNames out = new KnownNames();
        out.names.putAll(names);
        return out;
    }

    /** An incremental by the volume's changes, which knows what names there were. */
    void add(Volume volume, Cursor from, Cursor until, ScanSpec spec, Path spill) {
        add(volume, from, until, copy(), spec, spill);
    }

    /** An incremental by the volume's changes. */
    void add(Volume volume, Cursor from, Cursor until, Past past, ScanSpec spec, Path spill) {
        KnownNames before = copy();
        ChangeSource source = volume.changes().orElseThrow();
        sent.clear();
        gone.clear();
        Settle.changes(source.since(from, until), source, past, spill, settled -> {
                    Base base = settled.base(before);
                    return Flux.concat(
                            settled.gone(volume, spec, job).doOnNext(this::forget),
                            settled.rows(volume, spec, job).doOnNext(batch -> take(batch, base)));
                })
                .blockLast(LONG);
    }

    private void forget(Object item) {
        Item.Gone one = (Item.Gone) item;
        if (gone.contains(one.path()) && !names.containsKey(one.path())) {
            throw new AssertionError(one.path() + " is gone twice");
        }
        gone.add(one.path());
        Inode known = names.get(one.path());
        if (known != null && known.isDirectory() == one.directory()) {
            names.remove(one.path());
        }
    }

    private void take(InodeBatch batch, Base base) {
        if (!batch.failures().isEmpty()) {
            throw new AssertionError(batch.failures().toString());
        }
        for (int row = 0; row < batch.size(); row++) {
            RawPath path = batch.path(row);
            if (base.unchanged(batch, row) == null) {
                boolean directory = FileType.of(batch.mode(row)) == FileType.DIRECTORY;
                if (sent.contains(path) && !directory) {
                    throw new AssertionError(path + " is sent twice");
                }
                sent.add(path);
                names.put(path, batch.inode(row));
            }
        }
    }

    /** Fails with the differences, and not with all there is. */
    void assertSame(KnownNames expected) {
        List<String> out = new ArrayList<>();
        expected.names.forEach((path, inode) -> {
            Inode mine = names.get(path);
            if (!inode.equals(mine)) {
                out.add(path + " is " + inode + ", known as " + mine);
            }
        });
        names.forEach((path, inode) -> {
            if (!expected.names.containsKey(path)) {
                out.add(path + " is gone, known as " + inode);
            }
        });
        if (!out.isEmpty()) {
            throw new AssertionError(String.join("\n  ", out.subList(0, Math.min(out.size(), 20))));
        }
    }

    // ---- Past

    @Override
    public @Nullable RawPath directory(InodeId id) {
        return names.entrySet().stream()
                .filter(one -> one.getValue().id().equals(id))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    @Override
    public Flux<Name> below(RawPath directory) {
        return Flux.fromIterable(names.entrySet().stream()
                .filter(one -> directory.contains(one.getKey()) && !one.getKey().equals(directory))
                .map(one -> new Name(one.getKey(), one.getValue().isDirectory()))
                .toList());
    }

    // ---- Base

    @Override
    public @Nullable Known unchanged(InodeBatch batch, int row) {
        return batch.inode(row).equals(names.get(batch.path(row))) ? SAME : null;
    }

    @Override
    public void close() {}
}
