package io.stripeline.examples;

import io.stripeline.FileSystemDriver;
import io.stripeline.Volume;
import io.stripeline.dedup.DedupStore;
import io.stripeline.dedup.StoredSet;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Report;
import io.stripeline.inode.Entry;
import io.stripeline.slab.SlabPool;
import io.stripeline.write.RestorePlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import reactor.core.publisher.Flux;

/**
 * Restores the last snapshot without the files that a rule of one's own refuses: here those above a size. The rule
 * stands as an operator between the store and the writer, and may look at all that an entry has.
 *
 * <p>Usage: {@code FilteredRestore STORE DIRECTORY BYTES}; the directory must be there.
 */
public final class FilteredRestore {
    private FilteredRestore() {}

    public static void main(String[] args) {
        long most = Long.parseLong(args[2]);
        Report report = restore(
                Path.of(args[0]),
                Path.of(args[1]),
                entry -> !entry.inode().isRegular() || entry.inode().sizeBytes() <= most);
        report.problems().forEach(group -> System.err.println(group.count() + " x " + group.cause()));
    }

    static Report restore(Path from, Path to, Predicate<Entry> rule) {
        Job job = Job.start();
        try (DedupStore store = DedupStore.open(from);
                Volume volume = FileSystemDriver.openBest(to);
                SlabPool slabs = SlabPool.ofBytes(32 << 20)) {
            StoredSet latest = store.find("latest", job);
            Flux<Item> items = store.restore(latest, List.of(), slabs, job).transform(all -> only(rule, all));
            return Objects.requireNonNull(Pipelines.run(
                            items, in -> volume.writer().write(in, RestorePlan.same(), job))
                    .block());
        }
    }

    /** Drops an entry with its pieces; slabs of dropped pieces are released by the handler of {@link Pipelines}. */
    private static Flux<Item> only(Predicate<Entry> rule, Flux<Item> items) {
        return Flux.defer(() -> items.filter(new Gate(rule)));
    }

    /** Open or shut from a {@code Begin} to its {@code End}. */
    private static final class Gate implements Predicate<Item> {
        private final Predicate<Entry> rule;
        private boolean open;

        Gate(Predicate<Entry> rule) {
            this.rule = rule;
        }

        @Override
        public boolean test(Item item) {
            if (item instanceof Item.Begin begin) {
                open = rule.test(begin.entry());
            } else if (item instanceof Item.Link link) {
                return rule.test(link.entry()); // one more name of an inode that passed, or did not
            }
            return open;
        }
    }
}
