package io.stripeline.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Base;
import io.stripeline.flow.Job;
import io.stripeline.flow.Outcome;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.FileType;
import io.stripeline.slab.SlabPool;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

@Timeout(60)
class ReadTest {
    private final FakeTree tree = new FakeTree();
    private final Job job = Job.start();
    private SlabPool slabs = SlabPool.of(16, 4096).traced();
    private ReadSpec spec = ReadSpec.standard().readAhead(8).readers(4).blockReaders(8);

    @AfterEach
    void nothingIsLeft() {
        org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            assertThat(slabs.takers()).isEmpty();
            assertThat(slabs.outstanding()).isZero();
            assertThat(tree.open.get()).isZero();
        });
    }

    private Received run(int rows) {
        Received sink = new Received();
        Pipelines.run(
                        Flux.fromIterable(tree.batches(rows)).transform(Read.items(tree, slabs, spec, Base.NONE, job)),
                        sink)
                .block(Duration.ofSeconds(50));
        return sink;
    }

    private void assertAllThere(Received sink) {
        assertThat(sink.order).isEqualTo(tree.names());
        for (String name : tree.names()) {
            assertThat(sink.outcome(name)).isEqualTo(Outcome.OK);
            assertThat(Arrays.equals(sink.contents.get(name), tree.node(name).content))
                    .as(name)
                    .isTrue();
        }
    }

    private void manyFiles() {
        for (int i = 0; i < 500; i++) {
            tree.file("f" + i, FakeTree.bytes(i, i * 37 % 9000));
        }
        tree.file("large", FakeTree.bytes(1, 300_001));
        tree.other("dir", FileType.DIRECTORY);
        tree.file("empty", new byte[0]);
        tree.file("large2", FakeTree.bytes(2, 1 << 20));
        tree.other("pipe", FileType.FIFO);
    }

    @Test
    void readsEverythingInTheOrderOfTheScan() {
        manyFiles();
        assertAllThere(run(100));
        assertThat(job.progress().get(Counter.ENTRIES)).isEqualTo(505);
        assertThat(job.progress().get(Counter.BYTES))
                .isEqualTo(tree.names().stream()
                        .mapToLong(name -> tree.node(name).content.length)
                        .sum());
    }

    @Test
    void onePoolOfOneSlabIsEnough() {
        slabs = SlabPool.of(1, 4096).traced();
        manyFiles();
        assertAllThere(run(7));
    }
}
