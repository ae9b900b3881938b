package io.stripeline.dedup;

import io.stripeline.FileSystemId;
import io.stripeline.Shard;
import io.stripeline.inode.RawPath;
import io.stripeline.snapshot.SnapshotRoot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a backup compares with, and what its snapshot makes superfluous.
 *
 * @param sets the last complete set of the tree first, then what crashed runs and incomplete sets left that this shard can
 *     use: what a run of the same shard and selection left, then the rest, each the largest first. Shards of one run are
 *     one set here.
 * @param replaced ids of checkpoints that are of no more use once this snapshot stands: those of which it covers all, and
 *     those that are older than a complete set which covers them
 */
record Parents(List<StoredSet> sets, List<String> replaced) {
    /** Each parent is asked about every file that the ones before do not know. */
    private static final int MAX_PARENTS = 8;

    /** What was left together: of one run, of shards that are disjoint. */
    private record Group(String set, Division division, List<String> selection, int layer) {}

    static Parents of(Catalog catalog, BackupSource source, Shard shard, List<String> selection) {
        return new Choice(catalog, source, shard, selection).parents();
    }

    /** The same for a backup that compares with nothing. */
    Parents withoutSets() {
        return new Parents(List.of(), replaced);
    }

    private static final class Choice {
        private final Catalog catalog;
        private final FileSystemId filesystem;
        private final RawPath path;
        private final Division division;
        private final Shard shard;
        private final List<String> selection;

        Choice(Catalog catalog, BackupSource source, Shard shard, List<String> selection) {
            this.catalog = catalog;
            this.filesystem = source.fileSystemId();
            this.path = source.path();
            this.division = Division.of(source, shard);
            this.shard = shard;
            this.selection = selection;
        }

        Parents parents() {
            StoredSet last = catalog.lastOf(filesystem, path).orElse(null);
            List<StoredSnapshot> left = new ArrayList<>();
            List<String> replaced = new ArrayList<>();
            for (StoredSnapshot one : catalog.snapshots()) { // oldest first
                SnapshotRoot root = one.root();
                if (!Division.of(root).isOf(filesystem, path)) {
                    continue;
                }
                boolean superseded = root.partial() && isSuperseded(one);
                if (root.partial() && (superseded || isCovered(root))) {
                    replaced.add(one.id());
                }
                boolean useful = root.partial() ? !superseded : isNewer(one, last);
                if (useful && !isDisjoint(root)) {
                    left.add(0, one);
                }
            }
            List<StoredSet> out = new ArrayList<>();
            if (last != null) {
                out.add(last);
            }
            groups(left).stream().sorted(best()).limit(MAX_PARENTS - out.size()).forEach(out::add);
            return new Parents(List.copyOf(out), List.copyOf(replaced));
        }

        private static boolean isNewer(StoredSnapshot one, @Nullable StoredSet last) {
            return last == null
                    || (one.order().compareTo(last.order()) > 0
                            && !last.shards().contains(one));
        }

        /** Whether a complete set that is not older has taken the same from the same tree. */
        private boolean isSuperseded(StoredSnapshot partial) {
            return catalog.sets().stream()
                    .anyMatch(set -> set.isComplete()
                            && Division.of(set.any()).isOf(filesystem, path)
                            && set.shards().stream()
                                    .allMatch(one -> one.root()
                                            .selection()
                                            .equals(partial.root().selection()))
                            && set.order().compareTo(partial.order()) >= 0);
        }

        /** Whether the snapshot to come covers all that this one does. */
        private boolean isCovered(SnapshotRoot root) {
            return root.selection().equals(selection) && (shard.isAll() || isSameShard(root));
        }

        private boolean isSameShard(SnapshotRoot root) {
            return Division.of(root).equals(division) && root.shard().index() == shard.index();
        }

        /** Another shard of the same division has nothing of this one. */
        private boolean isDisjoint(SnapshotRoot root) {
            return Division.of(root).equals(division) && root.shard().index() != shard.index();
        }

        /** Of a shard that was tried several times in a set all tries count: the last one may not have come far. */
        private static List<StoredSet> groups(List<StoredSnapshot> newestFirst) {
            Map<Group, List<StoredSnapshot>> groups = new LinkedHashMap<>();
            Map<String, Integer> tries = new TreeMap<>();
            for (StoredSnapshot one : newestFirst) {
                SnapshotRoot root = one.root();
                Division division = Division.of(root);
                Group first = new Group(root.set(), division, root.selection(), 0);
                int layer = tries.merge(first + " " + root.shard().index(), 1, Integer::sum);
                groups.computeIfAbsent(
                                new Group(root.set(), division, root.selection(), layer), key -> new ArrayList<>())
                        .add(one);
            }
            return groups.values().stream()
                    .map(shards -> new StoredSet(shards.get(0).root().set(), shards))
                    .toList();
        }

        private Comparator<StoredSet> best() {
            return Comparator.comparing((StoredSet set) -> !isCovered(set.any()))
                    .thenComparing(Choice::entries, Comparator.reverseOrder())
                    .thenComparing(StoredSet::order, Comparator.reverseOrder());
        }

        private static Long entries(StoredSet set) {
            return set.shards().stream()
                    .mapToLong(one -> one.root().counts().entries())
                    .sum();
        }
    }
}
