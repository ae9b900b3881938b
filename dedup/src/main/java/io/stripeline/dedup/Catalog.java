package io.stripeline.dedup;

import io.stripeline.FileSystemId;
import io.stripeline.Shard;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Problems;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.snapshot.FormatException;
import io.stripeline.snapshot.SnapshotRoot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The snapshots of a store at one moment: which belong together, which one is meant by a name. */
final class Catalog {
    private final List<StoredSnapshot> snapshots = new ArrayList<>();
    private final List<String> damaged = new ArrayList<>();

    private record Named(String id, Division division) {}

    private Catalog() {}

    /**
     * Roots that cannot be read are left out and reported.
     *
     * @param severity of that: an error for whoever wants to know what is there, a warning for whoever adds to it
     */
    static Catalog of(Engine engine, Problems problems, Problem.Severity severity) {
        Catalog out = new Catalog();
        Consumer<FormatException> broken = failure -> {
            String message = String.valueOf(failure.getMessage());
            out.damaged.add(message);
            problems.add(new Problem(RawPath.ROOT, severity, "damaged snapshot", message));
        };
        Map<String, Placed> roots = new LinkedHashMap<>();
        for (Engine.StoredRoot root : engine.roots(broken)) {
            try {
                roots.put(root.id(), new Placed(SnapshotRoot.fromBytes(root.bytes())));
            } catch (FormatException failure) {
                broken.accept(new FormatException("roots/" + root.id() + ": " + failure.getMessage(), failure));
            }
        }
        for (Placed one : roots.values()) {
            for (String id : one.root.parents()) {
                Placed parent = roots.get(id);
                if (parent != null) {
                    one.parents.add(parent);
                }
            }
        }
        order(roots.values());
        roots.forEach((id, placed) -> out.snapshots.add(new StoredSnapshot(id, placed.root, placed.order)));
        out.snapshots.sort(Comparator.comparing(StoredSnapshot::order).thenComparing(StoredSnapshot::id));
        return out;
    }

    /** A root, and its place as far as it is known. */
    private static final class Placed {
        final SnapshotRoot root;
        final List<Placed> parents = new ArrayList<>();
        Timestamp order;

        Placed(SnapshotRoot root) {
            this.root = root;
            this.order = root.start();
        }
    }

    /** By start, and behind the parents: one pass, and one more for each clock that was put back. */
    private static void order(Collection<Placed> roots) {
        List<Placed> byStart = new ArrayList<>(roots);
        byStart.sort(Comparator.comparing((Placed one) -> one.order));
        boolean moved = true;
        for (int pass = 0; moved && pass < roots.size(); pass++) { // bounded, since a root may say anything
            moved = false;
            for (Placed one : byStart) {
                for (Placed parent : one.parents) {
                    if (parent.order.compareTo(one.order) >= 0) {
                        one.order = next(parent.order);
                        moved = true;
                    }
                }
            }
        }
    }

    private static Timestamp next(Timestamp time) {
        return time.nanos() == 999_999_999
                ? new Timestamp(time.seconds() + 1, 0)
                : new Timestamp(time.seconds(), time.nanos() + 1);
    }

    /** Roots that could not be read. */
    int damaged() {
        return damaged.size();
    }

    /** Oldest first. */
    List<StoredSnapshot> snapshots() {
        return snapshots;
    }

    /**
     * Sets without checkpoints, by their last shard, oldest first. Shards that carry one id but are not of one
     * division are several sets.
     */
    List<StoredSet> sets() {
        Map<Named, List<StoredSnapshot>> bySet = new LinkedHashMap<>();
        for (StoredSnapshot snapshot : snapshots) {
            if (!snapshot.root().partial()) {
                Named set = new Named(snapshot.root().set(), Division.of(snapshot.root()));
                bySet.computeIfAbsent(set, id -> new ArrayList<>()).add(snapshot);
            }
        }
        List<StoredSet> out = new ArrayList<>();
        bySet.forEach((set, shards) -> out.add(new StoredSet(set.id, newestOfEach(shards))));
        out.sort(Comparator.comparing(StoredSet::order).thenComparing(StoredSet::id));
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

    /** The last complete set of this tree. */
    Optional<StoredSet> lastOf(FileSystemId filesystem, RawPath path) {
        return sets().stream()
                .filter(set -> set.isComplete() && Division.of(set.any()).isOf(filesystem, path))
                .reduce((earlier, later) -> later);
    }

    /**
     * Proves that a new shard belongs to those that a set has already.
     *
     * @throws IllegalArgumentException where it is of another tree or divided in another way
     */
    void demandFits(String set, BackupSource source, Shard shard) {
        Division division = Division.of(source, shard);
        for (StoredSnapshot one : snapshots) {
            Division other = Division.of(one.root());
            if (!one.root().partial() && one.root().set().equals(set) && !other.equals(division)) {
                throw new IllegalArgumentException("Set '" + set + "' has "
                        + other.shard(one.root().shard().index()) + " (snapshot " + one.shortId()
                        + ") already; this backup is " + division.shard(shard.index())
                        + ", which does not go together. Back up with what the set began with, or give another --set.");
            }
        }
    }

    /**
     * What a user means: {@code latest} is the last complete set; else a set id, or the beginning of the id of a set or
     * of one snapshot.
     *
     * @throws NoSuchSnapshotException where nothing, several things or an incomplete set is meant, or where a root that
     *     cannot be read may be the latest
     */
    StoredSet find(String name) {
        if (name.equals("latest")) {
            return latest();
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
            throw new NoSuchSnapshotException(
                    found.stream().map(StoredSet::id).distinct().count() == 1
                            ? "Shards of set '" + found.get(0).id() + "' do not belong together: " + shards(found)
                                    + ". Name one snapshot"
                            : "'" + name + "' is the beginning of " + found.size()
                                    + " snapshots; give more of it, see 'snapshots'");
        }
        if (found.isEmpty()) {
            throw new NoSuchSnapshotException("No snapshot '" + name + "'; see 'snapshots', or use 'latest'");
        }
        return found.get(0);
    }

    private static String shards(List<StoredSet> sets) {
        return sets.stream()
                .flatMap(set -> set.shards().stream())
                .map(one -> one.shortId() + " is "
                        + Division.of(one.root()).shard(one.root().shard().index()))
                .collect(Collectors.joining(", "));
    }

    /** What cannot be read may be newer than all that can: to go back behind it unasked would be a loss unseen. */
    private StoredSet latest() {
        StoredSet last = sets().stream()
                .filter(StoredSet::isComplete)
                .reduce((earlier, later) -> later)
                .orElse(null);
        if (!damaged.isEmpty()) {
            throw new NoSuchSnapshotException("It is not known which snapshot is the latest: " + damaged.size()
                    + " cannot be read and may be newer, the first: " + damaged.get(0)
                    + (last == null
                            ? ". No other complete snapshot is there"
                            : ". The last complete one that can be read is set " + last.id() + " of "
                                    + last.any().path() + ", begun "
                                    + Instant.ofEpochSecond(last.any().start().seconds())
                                    + "; to use it, name it: restore STORE " + last.id() + " --to DIR")
                    + ". Where the damaged root cannot be brought back from a copy of the store, remove its file"
                    + " below roots/ and 'latest' is that one");
        }
        if (last == null) {
            throw noLatest();
        }
        return last;
    }

    private NoSuchSnapshotException noLatest() {
        List<StoredSet> sets = sets();
        if (sets.isEmpty()) {
            return new NoSuchSnapshotException("The store holds no complete snapshot yet");
        }
        StoredSet last = sets.get(sets.size() - 1);
        List<StoredSet> same =
                sets.stream().filter(set -> set.id().equals(last.id())).toList();
        return new NoSuchSnapshotException("No complete snapshot: set " + last.id() + " lacks shards " + last.missing()
                + " of " + last.count()
                + (same.size() == 1
                        ? "; name the set to use what is there of it"
                        : "; what it has does not belong together: " + shards(same) + ". Name one snapshot to use it"));
    }
}
