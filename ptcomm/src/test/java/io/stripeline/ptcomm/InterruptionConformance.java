package io.stripeline.ptcomm;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.peer.Conduct;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.FileDaemon;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobReport.Result;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.PluginPeer;
import io.stripeline.ptcomm.peer.Receiver;
import io.stripeline.ptcomm.peer.RecordedJob;
import io.stripeline.ptcomm.peer.Replay;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.DiskFacts;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Seeds;
import io.stripeline.testkit.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rules 11 and 44 of the conformance checklist at any point: wherever the plugin goes away or the job is cancelled, the
 * backend ends soon, with status 0, and leaves nothing behind.
 */
@Timeout(300)
public abstract class InterruptionConformance {
    private static final List<Dialect> DIALECTS = List.of(
            Dialect.stock(),
            Dialect.stockWithoutMetadata(),
            Dialect.extended(),
            Dialect.extended(Extensions.ALL.without(Cap.BATCH)),
            Dialect.extended(Extensions.NONE));

    /** Far more than a pipe and both of its ends hold, so that half of a job is never under way at once. */
    private static final int BIG_BYTES = 16 << 20;

    @TempDir
    protected Path work;

    private Path tree;
    private Path target;

    protected abstract BackendUnderTest backend();

    @BeforeEach
    void plant() throws IOException {
        tree = Files.createDirectory(work.resolve("tree"));
        target = Files.createDirectory(work.resolve("target"));
        DiskTree.create(tree, RichTree.tree());
        DiskTree.add(tree, "", Tree.file("huge", Content.random(11, BIG_BYTES)));
    }

    @AfterEach
    void clear() {
        DiskTree.clear(tree);
        DiskTree.clear(target);
    }

    private JobSettings job() {
        return Conversation.job("interrupted", work);
    }

    private static void ends(JobReport report, Result expected) {
        Conversation.good(report, expected);
    }

    /** How much a whole job is, to interrupt another one in the middle of it. */
    private record Whole(long packets, long sent, long bytesFrom, long bytesTo) {
        static Whole of(JobReport report, TappedLink link) {
            ends(report, Result.OK);
            return new Whole(report.observed().packets(), report.observed().sent(), link.from(), link.to());
        }
    }

    private TappedLink untouched() throws IOException {
        return new TappedLink(backend().start(), Long.MAX_VALUE, Long.MAX_VALUE, () -> {});
    }

    /** A number from 1 on that is passed for sure by a job of which {@code whole} is all; of four one is near its start. */
    private static long within(SplittableRandom random, long whole) {
        return 1 + random.nextLong(random.nextInt(4) == 0 ? Math.min(whole / 2, 24) : whole / 2);
    }

    private static Conduct anyHangUp(SplittableRandom random, Whole whole) {
        return random.nextBoolean()
                ? Conduct.hangingUpAfter(within(random, whole.packets))
                : Conduct.hangingUpInside(within(random, whole.sent));
    }

    /** A job that is cancelled when so many bytes have gone; what it came to with the bytes of both ways. */
    private Whole cancelled(Conversation with, long atFrom, long atTo, Function<PluginPeer, JobReport> run)
            throws IOException {
        AtomicReference<PluginPeer> peer = new AtomicReference<>();
        TappedLink link =
                new TappedLink(backend().start(), atFrom, atTo, () -> peer.get().cancel());
        peer.set(with.peer(link));
        JobReport report = run.apply(peer.get());
        ends(report, Result.CANCELLED);
        return new Whole(report.observed().packets(), report.observed().sent(), link.from(), link.to());
    }

    @Seeds(12)
    void aBackup(SplittableRandom random) throws Exception {
        Dialect dialect = DIALECTS.get(random.nextInt(DIALECTS.size()));
        Conversation with = new Conversation(backend(), dialect);
        List<byte[]> words = Conversation.words(dialect, tree);
        Function<PluginPeer, JobReport> job = peer -> peer.backup(job(), words, Receiver.NONE);
        TappedLink link = untouched();
        Whole whole = Whole.of(job.apply(with.peer(link)), link);

        JobReport broken = job.apply(with.peer(anyHangUp(random, whole)));
        ends(broken, Result.BROKEN_OFF);
        assertThat(broken.observed().packets()).isLessThan(whole.packets);

        Whole part = cancelled(with, within(random, whole.bytesFrom), Long.MAX_VALUE, job);
        // of the larger half of the tree most was never sent
        assertThat(part.bytesFrom).isLessThan(whole.bytesFrom - BIG_BYTES / 4);
    }

    @Seeds(12)
    void aRestore(SplittableRandom random) throws Exception {
        Dialect dialect = DIALECTS.get(random.nextInt(DIALECTS.size()));
        Conversation with = new Conversation(backend(), dialect);
        List<byte[]> words = Conversation.words(dialect, tree);
        JobSettings settings = job().withWhere(target.toString());
        try (RecordedJob saved = with.backup(job(), words, FileDaemon.ANY)) {
            Function<PluginPeer, JobReport> job = peer -> peer.restore(settings, words, Replay.of(saved));
            TappedLink link = untouched();
            Whole whole = Whole.of(job.apply(with.peer(link)), link);

            JobReport broken = job.apply(with.peer(anyHangUp(random, whole)));
            ends(broken, Result.BROKEN_OFF);
            assertThat(broken.observed().sent()).isLessThan(whole.sent);

            Whole part = cancelled(with, Long.MAX_VALUE, within(random, whole.bytesTo), job);
            assertThat(part.bytesTo).isLessThan(whole.bytesTo - BIG_BYTES / 4);
            // whatever was left, the next restore makes it whole
            with.restore(settings, words, Replay.of(saved));
        }
        DiskFacts.of(tree)
                .assertSame(DiskFacts.of(target.resolve(tree.toString().substring(1))));
    }
}
