package io.stripeline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Job;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.scan.ScanSpec;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** What a test leaves behind fails it. */
class NoLeaksTest {
    private static final List<AutoCloseable> LEAKED = new ArrayList<>();

    /** Not found by Surefire: a nested class. Run by the test around it. */
    static class Leaky {
        @Test
        void slab() throws InterruptedException {
            var slab = Slabs.pool(2, 4096).ticket().take();
            LEAKED.add(slab::release);
        }

        @Test
        void thread() {
            Thread thread = new Thread(
                    () -> {
                        try {
                            Thread.sleep(60_000);
                        } catch (InterruptedException end) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    "stripeline-leak");
            thread.setDaemon(true);
            thread.start();
            LEAKED.add(thread::interrupt);
        }

        @Test
        void descriptor() throws IOException {
            Path file = Files.createTempFile("stripeline", "leak");
            LEAKED.add(FileChannel.open(file));
            Files.delete(file);
        }

        @Test
        void fakeFile() {
            FakeVolume volume = FakeVolume.of(Tree.root(Tree.file("f", 1)));
            var batch = volume.scan(ScanSpec.all(), Job.start()).blockFirst();
            Entry entry = new Entry(Dir.root(), batch.name(1), batch.inode(1), io.stripeline.inode.Attributes.NONE);
            volume.content().open(entry);
        }

        @Test
        void droppedError() {
            Operators.onErrorDropped(new IllegalStateException("lost"), Context.empty());
        }

        @Test
        void nothing() throws InterruptedException {
            Slabs.pool(2, 4096).ticket().take().release();
        }
    }

    static class FailingSeed {
        @Seeds(3)
        void property(SplittableRandom random) {
            assertThat(random.nextInt(3)).isNegative();
        }
    }

    @Test
    void everyLeakFailsItsTest() throws Exception {
        System.setProperty(NoLeaks.GRACE_PROPERTY, "100");
        RunClass.Result result;
        try {
            result = RunClass.run(Leaky.class);
        } finally {
            System.clearProperty(NoLeaks.GRACE_PROPERTY);
        }
        for (AutoCloseable leaked : LEAKED) {
            leaked.close();
        }
        OpenFiles.forget();
        Slabs.forget();
        assertThat(result.succeeded()).isEqualTo(1);
        assertThat(result.failed())
                .hasSize(5)
                .anyMatch(line -> line.startsWith("slab()") && line.contains("taken at"))
                .anyMatch(line -> line.startsWith("thread()") && line.contains("stripeline-leak"))
                .anyMatch(line -> line.startsWith("descriptor()") && line.contains(" -> "))
                .anyMatch(line -> line.startsWith("fakeFile()") && line.contains("open of f was never closed"))
                .anyMatch(line -> line.startsWith("droppedError()") && line.contains("lost"));
    }

    @Test
    void aFailingPropertyNamesItsSeed() {
        assertThat(RunClass.run(FailingSeed.class).failed()).hasSize(3).allMatch(line -> line.startsWith("seed 0x"));
    }
}
