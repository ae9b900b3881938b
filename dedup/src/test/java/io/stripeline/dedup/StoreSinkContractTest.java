package io.stripeline.dedup;

import io.stripeline.Volume;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Report;
import io.stripeline.flow.Sink;
import io.stripeline.slab.SlabPool;
import io.stripeline.testkit.SinkContract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** The store in a directory keeps the contract of sinks. */
class StoreSinkContractTest extends SinkContract {
    @TempDir
    Path dir;

    private final List<Backup> backups = new ArrayList<>();
    private final List<DedupStore> stores = new ArrayList<>();

    private DedupStore store() {
        DedupStore store = DedupStore.openOrCreate(dir.resolve("store"));
        stores.add(store);
        return store;
    }

    @Override
    protected Sink sink(Volume volume, Job job) {
        Backup backup = store().backup(
                        BackupSource.of(volume), BackupOptions.standard(), new DedupStore.Compare(true, false), job);
        backups.add(backup);
        return backup.sink();
    }

    @Override
    protected Flux<Item> stored(Report report, SlabPool slabs) {
        backups.forEach(Backup::close);
        backups.clear();
        DedupStore store = store();
        Job job = Job.start();
        return store.restore(store.find(report.id(), job), List.of(), slabs, job);
    }

    @AfterEach
    void close() {
        backups.forEach(Backup::close);
        stores.forEach(DedupStore::close);
    }
}
