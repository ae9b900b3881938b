package io.stripeline.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.flow.Base;
import io.stripeline.inode.InodeBatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;

/** What the JVM cannot go on from ends the job, on whatever thread it comes up; Reactor alone would let it hang. */
class ReadErrorTest extends ReadFixture {
    private static Error notLinked() {
        return new NoClassDefFoundError("not linked");
    }

    private void files() {
        for (int i = 0; i < 20; i++) {
            tree.file("f" + i, FakeTree.bytes(i, i == 9 ? 500_000 : 5_000));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "open, f3", "inode, f3", "file attributes, f3", "extent, f3", "read, f3",
        "open, f9", "inode, f9", "file attributes, f9", "extent, f9", "read, f9"
    })
    void ofAReaderOrOfABlock(String call, String name) {
        files();
        tree.hook = (made, at, offset) -> {
            if (made.equals(call) && at.equals(name)) {
                throw notLinked();
            }
        };
        assertThatThrownBy(() -> run(10))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not linked")
                .hasRootCauseInstanceOf(NoClassDefFoundError.class);
    }

    @Test
    void ofTheBase() {
        files();
        base = new Base() {
            @Override
            public @Nullable Known unchanged(InodeBatch batch, int row) {
                throw new StackOverflowError();
            }

            @Override
            public void close() {}
        };
        assertThatThrownBy(() -> run(10)).hasRootCauseInstanceOf(StackOverflowError.class);
    }

    @Test
    void ofTheScan() {
        files();
        Flux<InodeBatch> scan = Flux.concat(Flux.fromIterable(tree.batches(10)), Flux.error(notLinked()));
        assertThatThrownBy(() -> sink(new Received(), tree, scan)).hasRootCauseInstanceOf(NoClassDefFoundError.class);
    }

    /** As where a limit of threads is reached. */
    @Test
    void withoutAThreadItIsReadOnTheOneThatThereIs() {
        AtomicReference<Thread> ran = new AtomicReference<>();
        ReadAhead.run(
                task -> {
                    throw new OutOfMemoryError("unable to create native thread");
                },
                () -> ran.set(Thread.currentThread()));
        assertThat(ran.get()).isSameAs(Thread.currentThread());
    }
}
