package io.stripeline.dedup;

import io.stripeline.Volume;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Report;
import io.stripeline.flow.Sink;
import io.stripeline.slab.SlabPool;
import io.stripeline.testkit.SinkContract;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** The store on disk as a sink. */
class DedupSinkTest extends SinkContract {
    @TempDir
    Path temporary;

    private DedupStore store;

    @BeforeEach
    void open() {
        store = DedupStore.openOrCreate(temporary.resolve("store"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Override
    protected Sink sink(Volume volume, Job job) {
        BackupOptions options = BackupOptions.standard().temporary(temporary);
        return store.backup(BackupSource.of(volume), options, DedupStore.Compare.STRICT, job)
                .sink();
    }

    @Override
    protected Flux<Item> stored(Report report, SlabPool slabs) {
        Job job = Job.start();
        return store.restore(store.find(report.id(), job), List.of(), slabs, job);
    }
}
