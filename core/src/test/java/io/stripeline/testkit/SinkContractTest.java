package io.stripeline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.Volume;
import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Outcome;
import io.stripeline.flow.Report;
import io.stripeline.flow.Sink;
import io.stripeline.read.Read;
import io.stripeline.read.ReadSpec;
import io.stripeline.scan.ScanSpec;
import io.stripeline.slab.SlabPool;
import io.stripeline.write.RestorePlan;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** A store in memory keeps the contract, and one that breaks it is found out. */
class SinkContractTest extends SinkContract {
    private FakeVolume store = FakeVolume.of(Tree.root());

    @Override
    protected Sink sink(Volume volume, Job job) {
        store = FakeVolume.of(Tree.root());
        return items -> store.writer().write(items.transform(flux -> whole(flux, job)), RestorePlan.same(), job);
    }

    /** What stands between the stream and the store; broken ones do something here. */
    Flux<Item> whole(Flux<Item> items, Job job) {
        return items;
    }

    @Override
    protected Flux<Item> stored(Report report, SlabPool slabs) {
        Job job = Job.start();
        return store.scan(ScanSpec.all(), job)
                .transform(Read.items(store.content(), slabs, ReadSpec.standard(), Base.NONE, job));
    }

    static class KeepsSlabs extends SinkContractTest {
        @Override
        Flux<Item> whole(Flux<Item> items, Job job) {
            return super.whole(items, job).doOnNext(item -> {
                if (item instanceof Item.Data data && data.offset() == 0) {
                    data.slab().retain();
                }
            });
        }
    }

    static class KeepsFailedFiles extends SinkContractTest {
        @Override
        Flux<Item> whole(Flux<Item> items, Job job) {
            return items.map(
                    item -> item instanceof Item.End end ? new Item.End(end.inode(), Outcome.OK, false) : item);
        }
    }

    static class SwallowsErrors extends SinkContractTest {
        @Override
        Flux<Item> whole(Flux<Item> items, Job job) {
            return super.whole(items, job).onErrorComplete();
        }
    }

    @Test
    void aBrokenSinkFailsTheContract() {
        System.setProperty(NoLeaks.GRACE_PROPERTY, "100");
        try {
            assertThat(RunClass.run(KeepsSlabs.class, "whatIsStoredComesBack").failed())
                    .anyMatch(line -> line.startsWith("whatIsStoredComesBack") && line.contains("slab not given back"));
        } finally {
            System.clearProperty(NoLeaks.GRACE_PROPERTY);
            Slabs.forget();
        }
        assertThat(RunClass.run(KeepsFailedFiles.class, "aFileThatFailsIsNotStoredAndTheRestIs")
                        .failed())
                .anyMatch(line -> line.startsWith("aFileThatFailsIsNotStoredAndTheRestIs"));
        assertThat(RunClass.run(SwallowsErrors.class, "anErrorOfTheUpstreamIsTheErrorOfTheSink")
                        .failed())
                .anyMatch(line -> line.startsWith("anErrorOfTheUpstreamIsTheErrorOfTheSink"));
    }
}
