package io.stripeline.examples;

import io.stripeline.FileSystemDriver;
import io.stripeline.Shard;
import io.stripeline.Volume;
import io.stripeline.dedup.Backup;
import io.stripeline.dedup.BackupOptions;
import io.stripeline.dedup.BackupSource;
import io.stripeline.dedup.DedupStore;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Report;
import io.stripeline.read.Read;
import io.stripeline.read.ReadSpec;
import io.stripeline.scan.ScanSpec;
import io.stripeline.slab.SlabPool;
import java.nio.file.Path;
import java.util.Objects;
import reactor.core.publisher.Flux;

/**
 * Backs up one shard of a tree to a store: what each element of a job array on a cluster would run. Elements know
 * nothing of each other but the number of shards and the name of the set; the set is complete when all are done.
 *
 * <p>Usage: {@code ShardBackup DIRECTORY STORE 3/16 nightly-0607}
 */
public final class ShardBackup {
    private ShardBackup() {}

    public static void main(String[] args) {
        Report report = backUp(Path.of(args[0]), Path.of(args[1]), Shard.parse(args[2], Shard.By.SUBTREE), args[3]);
        System.out.println("snapshot " + report.id());
        report.problems().forEach(group -> System.err.println(group.count() + " x " + group.cause()));
    }

    /** Answers when the snapshot is durable. */
    static Report backUp(Path root, Path to, Shard shard, String set) {
        Job job = Job.start();
        try (Volume volume = FileSystemDriver.openBest(root);
                DedupStore store = DedupStore.openOrCreate(to);
                SlabPool slabs = SlabPool.ofBytes(64 << 20);
                Backup backup = store.backup(
                        BackupSource.of(volume),
                        BackupOptions.standard().shard(shard, set),
                        DedupStore.Compare.STRICT,
                        job)) {
            Flux<Item> items = volume.scan(ScanSpec.all().shard(shard), job)
                    .transform(Read.items(
                            volume.content(), slabs, ReadSpec.of(volume.capabilities()), backup.base(), job));
            return Objects.requireNonNull(Pipelines.run(items, backup.sink()).block());
        }
    }
}
