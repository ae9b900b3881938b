package io.stripeline.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Base;
import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.InodeBatch;
import io.stripeline.slab.SlabPool;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

/** A tree, a pool of small slabs, and the check that nothing of them is left after each test. */
@Timeout(120)
abstract class ReadFixture {
    static final int SLAB = 4096;

    final FakeTree tree = new FakeTree();
    Job job = Job.start();
    SlabPool slabs = SlabPool.of(16, SLAB).traced();
    ReadSpec spec = ReadSpec.standard().readAhead(8).readers(4).blockReaders(8);
    Base base = Base.NONE;

    @AfterEach
    void nothingIsLeft() {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> {
                    assertThat(slabs.takers()).isEmpty();
                    assertThat(slabs.outstanding()).isZero();
                    assertThat(tree.open.get()).isZero();
                    assertThat(Thread.getAllStackTraces().keySet())
                            .extracting(Thread::getName)
                            .noneMatch(name -> name.startsWith("stripeline-"));
                });
    }

    Received run(int rows) {
        Received sink = new Received();
        sink(sink, tree, Flux.fromIterable(tree.batches(rows)));
        return sink;
    }

    void sink(Received sink, ContentSource content, Flux<InodeBatch> batches) {
        Pipelines.run(batches.transform(Read.items(content, slabs, spec, base, job)), sink)
                .block(Duration.ofSeconds(100));
    }

    long count(Counter counter) {
        return job.progress().get(counter);
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
