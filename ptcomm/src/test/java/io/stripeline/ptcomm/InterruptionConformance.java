package io.stripeline.ptcomm;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.peer.Conduct;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.Ending;
import io.stripeline.ptcomm.peer.FileDaemon;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobReport.Result;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.PluginPeer;
import io.stripeline.ptcomm.peer.Receiver;
import io.stripeline.ptcomm.peer.RecordedJob;
import io.stripeline.ptcomm.peer.Replay;
import io.stripeline.testkit.DiskFacts;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
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
    }

    @AfterEach
    void clear() {
        DiskTree.clear(tree);
        DiskTree.clear(target);
    }

    private JobSettings job() {
        return Conversation.job("interrupted", work);
    }

    private void ends(JobReport report, Result... expected) {
        assertThat(report.result()).as(report.toString()).isIn((Object[]) expected);
        assertThat(report.ending()).as(report.toString()).isEqualTo(new Ending(Ending.How.BY_ITSELF, 0, ""));
    }

    private static Conduct anyHangUp(SplittableRandom random, int packets) {
        int at = 1 + random.nextInt(packets);
        return random.nextBoolean() ? Conduct.hangingUpAfter(at) : Conduct.hangingUpInside(at);
    }

    /** Cancels within a time in which the job may be anywhere, or over. */
    private static JobReport cancelled(PluginPeer peer, SplittableRandom random, Function<PluginPeer, JobReport> run)
            throws Exception {
        CompletableFuture<JobReport> report = CompletableFuture.supplyAsync(() -> run.apply(peer));
        Thread.sleep(random.nextInt(250));
        peer.cancel();
        return report.get();
    }

    @Seeds(12)
    void aBackup(SplittableRandom random) throws Exception {
        Dialect dialect = DIALECTS.get(random.nextInt(DIALECTS.size()));
        Conversation with = new Conversation(backend(), dialect);
        List<byte[]> words = Conversation.words(dialect, tree);
        Conduct conduct = anyHangUp(random, 300);
        ends(
                with.peer(conduct).backup(job(), words, Receiver.NONE),
                Result.BROKEN_OFF,
                Result.OK); // of its own packets it may send fewer
        ends(
                cancelled(with.peer(), random, peer -> peer.backup(job(), words, Receiver.NONE)),
                Result.CANCELLED,
                Result.OK);
    }

    @Seeds(12)
    void aRestore(SplittableRandom random) throws Exception {
        Dialect dialect = DIALECTS.get(random.nextInt(DIALECTS.size()));
        Conversation with = new Conversation(backend(), dialect);
        List<byte[]> words = Conversation.words(dialect, tree);
        JobSettings settings = job().withWhere(target.toString());
        try (RecordedJob saved = with.backup(job(), words, FileDaemon.ANY)) {
            Conduct conduct = anyHangUp(random, 60);
            ends(with.peer(conduct).restore(settings, words, Replay.of(saved)), Result.BROKEN_OFF, Result.OK);
            ends(
                    cancelled(with.peer(), random, peer -> peer.restore(settings, words, Replay.of(saved))),
                    Result.CANCELLED,
                    Result.OK);
            // whatever was left, the next restore makes it whole
            with.restore(settings, words, Replay.of(saved));
        }
        DiskFacts.of(tree)
                .assertSame(DiskFacts.of(target.resolve(tree.toString().substring(1))));
    }
}
