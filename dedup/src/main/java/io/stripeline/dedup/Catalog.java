package io.stripeline.dedup;

import io.stripeline.FileSystemId;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Problems;
import io.stripeline.inode.RawPath;
import io.stripeline.snapshot.FormatException;
import io.stripeline.snapshot.SnapshotRoot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The snapshots of a store at one moment: which belong together, which one is meant by a name. */
final class Catalog {
    private final List<StoredSnapshot> snapshots = new ArrayList<>();
    private int damaged;

    private Catalog() {}

    /** Roots that cannot be read are left out and reported. */
    static Catalog of(Engine engine, Problems problems) {
        Catalog out = new Catalog();
        for (Engine.StoredRoot root : engine.roots(broken -> out.damaged(problems, broken))) {
            try {
                out.snapshots.add(new StoredSnapshot(root.id(), SnapshotRoot.fromBytes(root.bytes())));
            } catch (FormatException broken) {
                out.damaged(
                        problems, new FormatException("Snapshot " + root.id() + ": " + broken.getMessage(), broken));
            }
        }
        out.snapshots.sort(
                Comparator.comparing((StoredSnapshot s) -> s.root().start()).thenComparing(StoredSnapshot::id));
        return out;
    }

    private void damaged(Problems problems, FormatException broken) {
        damaged++;
        problems.add(new Problem(
                RawPath.ROOT, Problem.Severity.ERROR, "damaged snapshot", String.valueOf(broken.getMessage())));
    }

    /** Roots that could not be read. */
    int damaged() {
        return damaged;
    }

    /** Oldest first. */
    List<StoredSnapshot> snapshots() {
        return snapshots;
    }

    /** Sets without checkpoints, by start of their last shard, oldest first. */
    List<StoredSet> sets() {
        Map<String, List<StoredSnapshot>> bySet = new TreeMap<>();
        for (StoredSnapshot snapshot : snapshots) {
            if (!snapshot.root().partial()) {
                bySet.computeIfAbsent(snapshot.root().set(), id -> new ArrayList<>())
                        .add(snapshot);
            }
        }
        List<StoredSet> out = new ArrayList<>();
        bySet.forEach((id, shards) -> out.add(new StoredSet(id, newestOfEach(shards))));
        out.sort(Comparator.comparing(StoredSet::start).thenComparing(StoredSet::id));
        return out;
    }

    /** A shard that was run twice counts once. */
    private static List<StoredSnapshot> newestOfEach(List<StoredSnapshot> shards) {
        Map<Integer, StoredSnapshot> byIndex = new TreeMap<>();
        for (StoredSnapshot shard : shards) {
            byIndex.put(shard.root().shard().index(), shard); // they come oldest first
        }
        return List.copyOf(byIndex.values());
    }

    private static boolean isOf(SnapshotRoot root, FileSystemId filesystem, RawPath path) {
        return root.filesystems().get(0).equals(filesystem) && root.path().equals(path);
    }

    /** The last complete set of this tree. */
    Optional<StoredSet> lastOf(FileSystemId filesystem, RawPath path) {
        return sets().stream()
                .filter(set -> set.isComplete() && isOf(set.any(), filesystem, path))
                .reduce((earlier, later) -> later);
    }

    /**
     * What else is there of this tree since the last complete set began: checkpoints of runs that crashed or still run,
     * and shards of sets that are not complete. Newest first.
     */
    List<StoredSnapshot> leftOf(FileSystemId filesystem, RawPath path, @Nullable StoredSet last) {
        List<StoredSnapshot> out = new ArrayList<>();
        for (StoredSnapshot snapshot : snapshots) {
            boolean newer = last == null || snapshot.root().start().compareTo(last.start()) > 0;
            if (newer
                    && isOf(snapshot.root(), filesystem, path)
                    && (last == null || !last.shards().contains(snapshot))) {
                out.add(0, snapshot);
            }
        }
        return out;
    }

    /**
     * What a user means: {@code latest} is the last complete set; else a set id, or the beginning of the id of a set or
     * of one snapshot.
     *
     * @throws NoSuchSnapshotException where nothing, several things or an incomplete set is meant
     */
    StoredSet find(String name) {
        if (name.equals("latest")) {
            return sets().stream()
                    .filter(StoredSet::isComplete)
                    .reduce((earlier, later) -> later)
                    .orElseThrow(this::noLatest);
        }
        List<StoredSet> found = new ArrayList<>();
        sets().stream().filter(set -> set.id().equals(name)).forEach(found::add);
        if (found.isEmpty() && name.length() >= 4) {
            sets().stream().filter(set -> set.id().startsWith(name)).forEach(found::add);
            snapshots.stream()
                    .filter(one -> one.id().startsWith(name)
                            && found.stream().noneMatch(set -> set.shards().contains(one)))
                    .forEach(one -> found.add(new StoredSet(one.root().set(), List.of(one))));
        }
        if (found.size() > 1) {
            throw new NoSuchSnapshotException("'" + name + "' is the beginning of " + found.size()
                    + " snapshots; give more of it, see 'snapshots'");
        }
        if (found.isEmpty()) {
            throw new NoSuchSnapshotException("No snapshot '" + name + "'; see 'snapshots', or use 'latest'");
        }
        return found.get(0);
    }

    private NoSuchSnapshotException noLatest() {
        List<StoredSet> sets = sets();
        if (sets.isEmpty()) {
            return new NoSuchSnapshotException("The store holds no complete snapshot yet");
        }
        StoredSet last = sets.get(sets.size() - 1);
        return new NoSuchSnapshotException("No complete snapshot: set " + last.id() + " lacks shards " + last.missing()
                + " of " + last.count() + "; name the set to use what is there of it");
    }
}
