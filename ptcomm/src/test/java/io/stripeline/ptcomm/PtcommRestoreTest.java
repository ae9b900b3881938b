package io.stripeline.ptcomm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Report;
import io.stripeline.ptcomm.peer.Transcript;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.slab.SlabPool;
import io.stripeline.testkit.Slabs;
import io.stripeline.write.RestorePlan;
import io.stripeline.write.TreeWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** How a restore moves: by demand, in turns, to its end, to a bad end, and not at all any more. */
@Timeout(60)
class PtcommRestoreTest {
    private static final int SLAB_BYTES = 64 << 10;
    private static final int READ_AHEAD_BYTES = 64 << 10;

    private final SlabPool slabs = Slabs.pool(8, SLAB_BYTES);
    private final Job job = Job.start();

    @FunctionalInterface
    private interface Talk {
        void run() throws Exception;
    }

    private static CompletableFuture<Void> aside(Talk talk) {
        return CompletableFuture.runAsync(() -> {
            try {
                talk.run();
            } catch (IOException gone) {
                throw new UncheckedIOException(gone);
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
        });
    }

    private static byte[] ones(int length) {
        byte[] out = new byte[length];
        java.util.Arrays.fill(out, (byte) 1);
        return out;
    }

    private static void release(Item item) {
        if (item instanceof Item.Data data) {
            data.slab().release();
        }
    }

    /** A writer that drops everything. */
    private static final TreeWriter NOWHERE = (items, plan, job) ->
            items.<Boolean>handle((item, none) -> release(item)).then(Mono.fromSupplier(() -> Report.of("", job)));

    @Test
    void everyByteOfTheRecordedRestoreIsAnsweredAsItWas() throws IOException {
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        Pipe toBackend = Pipe.open();
        Pipe toPlugin = Pipe.open();
        try {
            CompletableFuture<Void> saying = aside(() -> {
                for (Transcript.Step step : Transcript.of("restore.txt").steps()) {
                    if (step.fromPlugin()) {
                        ByteBuffer bytes = ByteBuffer.wrap(step.bytes());
                        while (bytes.hasRemaining()) {
                            toBackend.sink().write(bytes);
                        }
                    } else {
                        expected.writeBytes(step.bytes());
                        read(toPlugin, step);
                    }
                }
                toBackend.sink().close();
            });
            try (BackendSession session = BackendSession.accept(toBackend.source(), toPlugin.sink(), Extensions.NONE)) {
                session.ready();
                StepVerifier.create(PtcommRestore.run(
                                session, RestoreChoice.of(session.job()), NOWHERE, RestorePlan.same(), slabs, job))
                        .assertNext(report -> assertThat(report.isComplete()).isFalse()) // whose link leads where?
                        .verifyComplete();
                session.finishRestore();
            }
            saying.join();
        } finally {
            toBackend.sink().close();
            toBackend.source().close();
            toPlugin.sink().close();
            toPlugin.source().close();
        }
        assertThat(expected.size()).isPositive();
    }

    private static void read(Pipe from, Transcript.Step step) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(step.bytes().length);
        while (answer.hasRemaining()) {
            if (from.source().read(answer) < 0) {
                throw new IOException("Nothing came where the recording has " + step.line());
            }
        }
        assertThat(answer.array()).as(step.line()).isEqualTo(step.bytes());
    }

    @Test
    @SuppressWarnings("try") // closed early on purpose
    void readsNoFurtherThanItIsAsked() throws Exception {
        try (ScriptedPlugin plugin = ScriptedPlugin.ours()) {
            long opening = plugin.taken();
            CompletableFuture<Void> saying = aside(() -> {
                plugin.file("/data/f", "F 8388608 0 0 100644 1 0").beginData(ones(900_000));
                for (int i = 0; i < 8; i++) {
                    plugin.moreData(ones(900_000));
                }
            });
            StepVerifier.create(
                            PtcommRestore.items(
                                    plugin.session,
                                    RestoreChoice.of(plugin.session.job()),
                                    new RestoreResults(plugin.session),
                                    slabs,
                                    job),
                            0)
                    .expectSubscription()
                    .then(() -> assertThat(plugin.taken()).isEqualTo(opening))
                    .thenRequest(1)
                    .consumeNextWith(item -> assertThat(item).isInstanceOf(Item.Begin.class))
                    .thenRequest(3)
                    .consumeNextWith(PtcommRestoreTest::release)
                    .consumeNextWith(PtcommRestoreTest::release)
                    .consumeNextWith(PtcommRestoreTest::release)
                    .then(() -> {
                        assertThat(plugin.taken() - opening).isLessThan(5 * SLAB_BYTES + READ_AHEAD_BYTES);
                        assertThat(slabs.outstanding()).isLessThanOrEqualTo(2);
                    })
                    .thenCancel()
                    .verify();
            assertThat(slabs.outstanding()).isZero();
            plugin.close();
            assertThatThrownBy(saying::join).hasCauseInstanceOf(UncheckedIOException.class);
        }
    }

    /** As many as fill any pipe: if they were said at once, both sides would wait for each other. */
    @Test
    void messagesAreHeldWhileThePluginSends() throws Exception {
        int many = 5000;
        try (ScriptedPlugin plugin = ScriptedPlugin.ours()) {
            CompletableFuture<Report> report = PtcommRestore.run(
                            plugin.session,
                            RestoreChoice.of(plugin.session.job()),
                            NOWHERE,
                            RestorePlan.same(),
                            slabs,
                            job)
                    .toFuture();
            plugin.file("/data/f", "F 1000 0 0 100644 1 0");
            assertThat(plugin.answer()).containsExactly("C OK");
            plugin.beginData(ones(500));
            for (int i = 0; i < many; i++) {
                plugin.session.say(Status.FILE_ERROR, "/data/other" + i + ": cannot be written, for a long reason");
                plugin.session.say(Status.INFO, "so far " + i);
            }
            assertThat(plugin.hearsNothing()).isTrue();
            plugin.moreData(ones(500));
            plugin.endBlock();
            List<String> heard = plugin.answer();
            assertThat(heard).hasSize(many + 2).endsWith("I so far " + (many - 1), "C OK");
            assertThat(heard.get(0)).isEqualTo("Q /data/other0: cannot be written, for a long reason");

            plugin.finish();
            assertThat(report.get().isComplete()).isTrue();
            plugin.session.say(Status.INFO, "directories get their times");
            CompletableFuture<Void> farewell = aside(plugin.session::finishRestore);
            assertThat(plugin.answer()).containsExactly("I directories get their times", "F ");
            plugin.command("END");
            plugin.endOfSession();
            assertThat(plugin.answer()).containsExactly("F ");
            farewell.join();
        }
    }

    /** A target that hangs: nobody takes more, and the plugin, which waits for an answer, would give the backend up. */
    @Test
    @SuppressWarnings("try") // closed by the end of the block
    void messagesComeWhileTheWriterStandsStill() throws Exception {
        try (ScriptedPlugin plugin = ScriptedPlugin.ours()) {
            plugin.file("/data/f", "E 0 0 0 100644 1 0");
            StepVerifier.create(
                            PtcommRestore.items(
                                    plugin.session,
                                    RestoreChoice.of(plugin.session.job()),
                                    new RestoreResults(plugin.session),
                                    slabs,
                                    job),
                            0)
                    .expectSubscription()
                    .thenRequest(1)
                    .then(() -> aside(() -> {
                                assertThat(plugin.answer()).containsExactly("C OK");
                                plugin.file("/data/g", "E 0 0 0 100644 1 0");
                            })
                            .join())
                    .consumeNextWith(item -> assertThat(item).isInstanceOf(Item.Begin.class))
                    .then(() -> aside(() -> {
                                plugin.session.say(Status.INFO, "so far nothing");
                                assertThat(ScriptedPlugin.text(plugin.read())).isEqualTo("so far nothing");
                            })
                            .join())
                    .thenRequest(1)
                    .consumeNextWith(item -> assertThat(item).isInstanceOf(Item.End.class))
                    .then(() -> assertThat(hearsNothing(plugin)).isTrue())
                    .thenCancel()
                    .verify();
        }
    }

    private static boolean hearsNothing(ScriptedPlugin plugin) {
        try {
            return plugin.hearsNothing();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The plugin is in the middle of a long packet, and the pipe is full, when the writer gives up. */
    @Test
    void aFatalFailureIsToldAndTheRestIsReadToItsEnd() throws Exception {
        TreeWriter full = (items, plan, j) -> items.<Boolean>handle((item, sink) -> {
                    boolean content = item instanceof Item.Data;
                    release(item);
                    if (content) {
                        sink.error(new IllegalStateException("the filesystem is full"));
                    }
                })
                .then(Mono.fromSupplier(() -> Report.of("", j)));
        try (ScriptedPlugin plugin = ScriptedPlugin.ours()) {
            CompletableFuture<Void> backend = aside(() -> {
                assertThatThrownBy(() -> PtcommRestore.run(
                                        plugin.session,
                                        RestoreChoice.of(plugin.session.job()),
                                        full,
                                        RestorePlan.same(),
                                        slabs,
                                        job)
                                .toFuture()
                                .get())
                        .hasMessageContaining("the filesystem is full");
                plugin.session.refuse("/data/f: the filesystem is full");
            });
            plugin.file("/data/f", "F 9000000 0 0 100644 1 0");
            assertThat(plugin.answer()).containsExactly("C OK");
            plugin.beginData(ones(900_000));
            for (int i = 0; i < 9; i++) {
                plugin.moreData(ones(900_000));
            }
            plugin.endBlock();
            assertThat((char) plugin.read().status().letter()).isEqualTo('A');
            plugin.hangUp();
            backend.join();
        }
    }

    @Test
    void aCancelInTheMiddleOfAFileLeavesNothing() throws Exception {
        try (ScriptedPlugin plugin = ScriptedPlugin.ours()) {
            CountDownLatch begun = new CountDownLatch(1);
            TreeWriter waiting = (items, plan, j) -> items.doOnNext(item -> begun.countDown())
                    .<Boolean>handle((item, none) -> release(item))
                    .then(Mono.fromSupplier(() -> Report.of("", j)));
            CompletableFuture<Report> report = PtcommRestore.run(
                            plugin.session,
                            RestoreChoice.of(plugin.session.job()),
                            waiting,
                            RestorePlan.same(),
                            slabs,
                            job)
                    .toFuture();
            plugin.file("/data/f", "F 200000 0 0 100644 1 0").beginData(ones(150_000));
            begun.await();
            report.cancel(true);
            assertThat(report).isCancelled();
        }
        // NoLeaks looks for what is left now that the channels are closed
    }
}
