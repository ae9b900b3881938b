package io.stripeline.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.Volume;
import io.stripeline.inode.RawPath;
import io.stripeline.logged.LoggedDriver;
import io.stripeline.logged.LoggedTree;
import io.stripeline.ptcomm.JobBlock;
import io.stripeline.ptcomm.Parameters;
import io.stripeline.ptcomm.cursor.CursorStore;
import io.stripeline.ptcomm.cursor.CursorWriter;
import io.stripeline.ptcomm.cursor.Mark;
import io.stripeline.ptcomm.peer.AccurateList;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.FileDaemon;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.PluginPeer;
import io.stripeline.ptcomm.peer.RecordedJob;
import io.stripeline.ptcomm.peer.Recording;
import io.stripeline.ptcomm.wire.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Incrementals from a log of changes. Nothing here waits for clocks: what is sent is what the log tells, or else a scan
 * by time would send all of these fresh files.
 */
@Timeout(120)
final class NativeIncrementalTest {
    /** Long before everything: a scan by this time would find everything changed. */
    private static final long SINCE = 1;

    @TempDir
    private Path work;

    private Path root;
    private LoggedTree tree;
    private List<String> infos = List.of();
    private List<String> warnings = List.of();

    @BeforeEach
    void plant() throws Exception {
        root = Files.createDirectory(work.resolve("tree"));
        tree = new LoggedTree(root);
        for (String directory : List.of("dir", "dir/deeper", "other")) {
            tree.directory(directory);
        }
        for (String file :
                List.of("same", "changes", "goes", "dir/below", "dir/goes too", "dir/deeper/deep", "other/f")) {
            tree.write(file, "first " + file);
        }
        tree.link("same", "other/link");
    }

    private RecordedJob run(Dialect dialect, JobSettings settings, FileDaemon daemon, String... more) throws Exception {
        Recording recording = Recording.inMemory(dialect);
        String[] words = Stream.concat(Stream.of("path=" + root, "fs=logged"), Stream.of(more))
                .toArray(String[]::new);
        JobReport report = new PluginPeer(dialect, new BackendInProcess().start())
                .backup(
                        settings.withDirectories(work.toString(), work + "/", "/usr/sbin/"),
                        PluginPeer.parameters(words),
                        recording,
                        daemon)
                .orThrow();
        infos = report.texts(Status.INFO);
        warnings = report.texts(Status.WARNING);
        return recording.job();
    }

    private RecordedJob full(String name, String... more) throws Exception {
        return run(Dialect.extended(), JobSettings.named(name), FileDaemon.ANY, more);
    }

    private static JobSettings next(String name, String base) {
        return JobSettings.named(name).basedOn(JobBlock.Level.INCREMENTAL, SINCE, base);
    }

    private List<String> names(RecordedJob job) {
        return job.names().stream().map(this::below).sorted().toList();
    }

    private List<String> gone(RecordedJob job) {
        return job.gone().stream().map(name -> below(new String(name))).sorted().toList();
    }

    private String below(String name) {
        return name.substring(root.toString().length());
    }

    private void change() throws Exception {
        tree.write("changes", "second");
        tree.write("fresh", "fresh");
        tree.remove("goes");
        tree.remove("dir/goes too");
        tree.rename("dir", "renamed");
    }

    private static final String[] SENT = {
        "/", "/changes", "/fresh", "/renamed/", "/renamed/below", "/renamed/deeper/", "/renamed/deeper/deep"
    };
    private static final String[] GONE = {
        "/dir/", "/dir/below", "/dir/deeper/", "/dir/deeper/deep", "/dir/goes too", "/goes"
    };

    @Test
    void whatTheLogTellsIsSentAndDeleted() throws Exception {
        full("job.1").close();
        change();
        try (RecordedJob job = run(Dialect.extended(), next("job.2", "job.1"), FileDaemon.ANY)) {
            assertThat(names(job)).containsExactly(SENT);
            // a place too many, where a directory is now that lost a name before it came there, does no harm
            assertThat(gone(job)).contains(GONE).doesNotContain(SENT).doesNotHaveDuplicates();
            assertThat(infos).anyMatch(line -> line.contains("what its log tells to have changed since"));
            assertThat(warnings).isEmpty();
        }
        try (RecordedJob job = run(Dialect.extended(), next("job.3", "job.2"), FileDaemon.ANY)) {
            assertThat(names(job)).isEmpty();
            assertThat(gone(job)).isEmpty();
        }
    }

    @Test
    void aStockPluginGetsWhatChanged() throws Exception {
        run(Dialect.stock(), JobSettings.named("job.1"), FileDaemon.ANY).close();
        change();
        try (RecordedJob job = run(Dialect.stock(), next("job.2", "job.1"), FileDaemon.ANY)) {
            assertThat(names(job)).containsExactly(SENT);
        }
    }

    @Test
    void allNamesOfALinkedFileAreSentTogether() throws Exception {
        full("job.1").close();
        tree.write("other/link", "both");
        try (RecordedJob job = run(Dialect.extended(), next("job.2", "job.1"), FileDaemon.ANY)) {
            assertThat(names(job)).containsExactly("/other/link", "/same");
        }
    }

    /** Bacula names the last good job: what a failed one has read is read again. */
    @Test
    void aJobThatNobodyNamesChangesNothing() throws Exception {
        full("job.1").close();
        tree.write("changes", "second");
        run(Dialect.extended(), next("job.failed", "job.1"), FileDaemon.ANY).close();
        tree.write("fresh", "fresh");
        try (RecordedJob job = run(Dialect.extended(), next("job.3", "job.1"), FileDaemon.ANY)) {
            assertThat(names(job)).containsExactly("/", "/changes", "/fresh");
        }
    }

    @Test
    void anAccurateJobAnswersWithoutBeingAsked() throws Exception {
        try (RecordedJob first = full("job.1")) {
            change();
            AccurateList catalog = AccurateList.of(List.of(first));
            try (RecordedJob job =
                    run(Dialect.extended(), next("job.2", "job.1").withAccurate(true), catalog)) {
                assertThat(names(job)).containsExactly(SENT);
                assertThat(catalog.deleted())
                        .extracting(name -> below(new String(name)))
                        .containsExactlyInAnyOrder(GONE);
                assertThat(infos).anyMatch(line -> line.contains("what its log tells"));
            }
        }
    }

    @Test
    void anAccurateJobOfAStockPluginIsAScan() throws Exception {
        try (RecordedJob first = run(Dialect.stock(), JobSettings.named("job.1"), FileDaemon.ANY)) {
            change();
            AccurateList catalog = AccurateList.of(List.of(first));
            try (RecordedJob job = run(Dialect.stock(), next("job.2", "job.1").withAccurate(true), catalog)) {
                assertThat(names(job)).contains(SENT);
                assertThat(catalog.deleted())
                        .extracting(name -> below(new String(name)))
                        .containsExactlyInAnyOrder(GONE);
                assertThat(infos).anyMatch(line -> line.contains("takes no answers of an accurate job unasked"));
            }
        }
    }

    @Test
    void aLogThatWasPurgedIsMadeUpForByAScan() throws Exception {
        full("job.1").close();
        change();
        tree.purge();
        try (RecordedJob job = run(Dialect.extended(), next("job.2", "job.1"), FileDaemon.ANY)) {
            assertThat(names(job)).contains(SENT);
            assertThat(warnings)
                    .anyMatch(line -> line.contains("does not tell all since the base job"))
                    .anyMatch(line -> line.contains("names that are gone from there may stay"));
        }
        tree.write("changes", "third");
        try (RecordedJob job = run(Dialect.extended(), next("job.3", "job.2"), FileDaemon.ANY)) {
            assertThat(names(job)).containsExactly("/changes");
        }
    }

    @Test
    void aPurgedLogInAnAccurateJobLosesNoDeletion() throws Exception {
        try (RecordedJob first = full("job.1")) {
            change();
            tree.purge();
            AccurateList catalog = AccurateList.of(List.of(first));
            run(Dialect.extended(), next("job.2", "job.1").withAccurate(true), catalog)
                    .close();
            assertThat(catalog.deleted())
                    .extracting(name -> below(new String(name)))
                    .containsExactlyInAnyOrder(GONE);
        }
    }

    @Test
    void whatChangedWhileItWasReadIsTriedAgainWithoutAChange() throws Exception {
        Path growing = root.resolve("growing");
        Files.write(growing, new byte[4 << 20]);
        AtomicBoolean ended = new AtomicBoolean();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            while (!ended.get()) {
                try {
                    Files.write(growing, new byte[] {1}, StandardOpenOption.APPEND);
                } catch (java.io.IOException failed) {
                    throw new java.io.UncheckedIOException(failed);
                }
            }
        });
        full("job.1").close();
        ended.set(true);
        writer.join();
        assertThat(warnings).anyMatch(line -> line.contains("growing"));
        try (RecordedJob job = run(Dialect.extended(), next("job.2", "job.1"), FileDaemon.ANY)) {
            assertThat(names(job)).containsExactly("/growing");
        }
        try (RecordedJob job = run(Dialect.extended(), next("job.3", "job.2"), FileDaemon.ANY)) {
            assertThat(names(job)).isEmpty();
        }
    }

    @Test
    void shardsTellWhatIsTheirsOnly() throws Exception {
        for (int i = 1; i <= 3; i++) {
            full("full" + i, "shard=" + i + "/3").close();
        }
        change();
        List<String> sent = new ArrayList<>();
        List<String> gone = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            try (RecordedJob job =
                    run(Dialect.extended(), next("next" + i, "full" + i), FileDaemon.ANY, "shard=" + i + "/3")) {
                sent.addAll(names(job));
                gone.addAll(gone(job));
            }
        }
        assertThat(sent).containsExactlyInAnyOrder(SENT);
        assertThat(gone).contains(GONE).doesNotContain(SENT).doesNotHaveDuplicates();
    }

    @Test
    void theLogMayForgetWhatNoJobWillName() throws Exception {
        long before = tree.position();
        full("job.1").close();
        assertThat(tree.acknowledged()).isEqualTo(before);
        change();
        run(Dialect.extended(), next("job.2", "job.1"), FileDaemon.ANY).close();
        assertThat(tree.acknowledged()).as("a Differential may name the Full").isEqualTo(before);
        long second = tree.position();
        full("job.3").close();
        run(Dialect.extended(), next("job.4", "job.3"), FileDaemon.ANY).close();
        assertThat(tree.acknowledged()).isEqualTo(second);
    }

    @Test
    void byTimeWhereThatIsWanted() throws Exception {
        full("job.1").close();
        JobSettings later = JobSettings.named("job.2")
                .basedOn(JobBlock.Level.INCREMENTAL, Instant.now().getEpochSecond() - 3600, "job.1");
        try (RecordedJob job = run(Dialect.extended(), later, FileDaemon.ANY, "incremental=time")) {
            assertThat(names(job)).contains("/same", "/changes");
            assertThat(infos).anyMatch(line -> line.contains("since incremental=time is set"));
        }
    }

    @Test
    void nativeNeedsALog() {
        assertThatThrownBy(() -> new PluginPeer(Dialect.extended(), new BackendInProcess().start())
                        .backup(
                                JobSettings.named("job.1"),
                                PluginPeer.parameters("path=" + root, "fs=posix", "incremental=native"),
                                Recording.inMemory(Dialect.extended()))
                        .orThrow())
                .hasMessageContaining("incremental=native: posix has no log of changes of " + root);
    }

    @Test
    void nativeIsTakenWhereThereIsALog() throws Exception {
        full("job.1", "incremental=native").close();
        tree.write("fresh", "fresh");
        try (RecordedJob job = run(Dialect.extended(), next("job.2", "job.1"), FileDaemon.ANY, "incremental=native")) {
            assertThat(names(job)).containsExactly("/", "/fresh");
        }
    }

    /** Bounded by the tick that a write can hide in; the only test here that goes by times. */
    @Test
    void aScanAfterAJobThatEnteredNothingSendsWhatChangedOnly() throws Exception {
        Instant planted = Instant.now();
        Awaitility.await()
                .pollInterval(Duration.ofMillis(100))
                .until(() -> Duration.between(planted, Instant.now()).toMillis() > 3_100);
        long since = Instant.now().getEpochSecond();
        full("job.1").close();
        tree.write("changes", "second");
        run(Dialect.extended(), next("job.2", "job.1"), FileDaemon.ANY).close();
        tree.write("fresh", "fresh");
        tree.purge();
        JobSettings third = JobSettings.named("job.3").basedOn(JobBlock.Level.INCREMENTAL, since, "job.2");
        try (RecordedJob job = run(Dialect.extended(), third, FileDaemon.ANY)) {
            assertThat(names(job)).containsExactly("/", "/changes", "/fresh");
            assertThat(warnings).anyMatch(line -> line.contains("what changed is found by a scan"));
        }
    }

    @Test
    void aJobThatBreaksOffMovesNothing() throws Exception {
        full("job.1").close();
        long before = tree.acknowledged();
        tree.write("changes", "second");
        FileDaemon breaks = new FileDaemon() {
            @Override
            public boolean accepts(byte[] name, int mode) {
                throw new IllegalStateException("the daemon is gone");
            }
        };
        assertThatThrownBy(() -> run(Dialect.extended(), next("job.2", "job.1"), breaks));
        assertThat(tree.acknowledged()).isEqualTo(before);
        try (Stream<Path> kept = Files.list(work.resolve("stripeline/cursors"))) {
            assertThat(kept.map(file -> file.getFileName().toString()))
                    .noneMatch(name -> name.startsWith("job-job.2."));
        }
        try (RecordedJob job = run(Dialect.extended(), next("job.3", "job.1"), FileDaemon.ANY)) {
            assertThat(names(job)).containsExactly("/changes");
        }
    }

    @Test
    void aDirectoryThatLeftTheTreeIsAWarning() throws Exception {
        full("job.1").close();
        tree.rename("dir", "../outside");
        try (RecordedJob job = run(Dialect.extended(), next("job.2", "job.1"), FileDaemon.ANY)) {
            assertThat(gone(job)).containsExactly("/dir/");
            assertThat(warnings).anyMatch(line -> line.contains(root + "/dir") && line.contains("it left the tree"));
        }
    }

    /** The catalog's names below the old one must not be kept for the new one's sake. */
    @Test
    void anAccurateJobIsAScanWhereAnotherDirectoryHidesWhatLeftTheTree() throws Exception {
        try (RecordedJob first = full("job.1")) {
            tree.rename("dir", "../outside");
            tree.directory("dir");
            AccurateList catalog = AccurateList.of(List.of(first));
            run(Dialect.extended(), next("job.2", "job.1").withAccurate(true), catalog)
                    .close();
            assertThat(catalog.deleted())
                    .extracting(name -> below(new String(name)))
                    .containsExactlyInAnyOrder("/dir/below", "/dir/deeper/", "/dir/deeper/deep", "/dir/goes too");
            assertThat(warnings).anyMatch(line -> line.contains("everything is found by a scan"));
        }
    }

    /** What every job leaves of itself as a whole. */
    private static void mark(CursorWriter cursor, List<byte[]> words, RawPath path, Volume volume) {
        cursor.mark(Mark.SELECTION, new JobOptions(Parameters.parse(words), Parameters.parse(List.of())).selection());
        cursor.mark(Mark.TREE, Bases.top(path, volume.fileSystemId()));
    }

    /** Of a directory that could not be listed the log tells nothing new. */
    @Test
    void aDirectoryThatIsTriedAgainIsSentWhole() throws Exception {
        List<byte[]> words = PluginPeer.parameters("path=" + root);
        CursorStore store = CursorStore.open(work, Parameters.parse(words), line -> {});
        JobBlock job = JobBlock.parse(PluginPeer.parameters("Name=job.1", "Level=F"));
        try (CursorWriter cursor = store.begin(job, Instant.now());
                Volume volume = new LoggedDriver().open(root)) {
            RawPath path = RawPath.of(root.toString());
            mark(cursor, words, path, volume);
            cursor.source(path, volume.fileSystemId(), volume.changes().orElseThrow()::now);
            cursor.again(RawPath.of(root + "/dir"));
            cursor.again(RawPath.of(root + "/same"));
            cursor.again(RawPath.of(root + "/vanished"));
            cursor.commit();
        }
        tree.rename("dir", "renamed");
        try (RecordedJob next = run(Dialect.extended(), next("job.2", "job.1"), FileDaemon.ANY)) {
            assertThat(names(next))
                    .contains("/renamed/", "/renamed/below", "/renamed/deeper/deep", "/same", "/other/link")
                    .doesNotContain("/goes", "/changes");
            assertThat(gone(next)).contains("/dir/", "/dir/below", "/dir/deeper/deep");
            assertThat(warnings).isEmpty();
        }
        JobBlock other = JobBlock.parse(PluginPeer.parameters("Name=job.5", "Level=F"));
        try (CursorWriter cursor = store.begin(other, Instant.now());
                Volume volume = new LoggedDriver().open(root)) {
            RawPath path = RawPath.of(root.toString());
            mark(cursor, words, path, volume);
            cursor.source(path, volume.fileSystemId(), volume.changes().orElseThrow()::now);
            cursor.again(RawPath.of(root + "/renamed"));
            cursor.commit();
        }
        AccurateList catalog = AccurateList.of(List.of());
        try (RecordedJob next = run(Dialect.extended(), next("job.6", "job.5").withAccurate(true), catalog)) {
            assertThat(names(next))
                    .containsExactly(
                            "/renamed/",
                            "/renamed/below",
                            "/renamed/deeper/",
                            "/renamed/deeper/deep",
                            "/renamed/goes too");
            assertThat(warnings).isEmpty();
        }
    }

    /** What the FileSet never took is no deletion. */
    @Test
    void whatIsExcludedIsNeitherSentNorDeleted() throws Exception {
        FileDaemon fileSet = new FileDaemon() {
            @Override
            public boolean accepts(byte[] name, int mode) {
                String text = new String(name);
                return !text.endsWith("/scratch") && !text.endsWith(".bak");
            }
        };
        tree.directory("scratch");
        for (String file : List.of("a.tmp", "a.bak", "scratch/a", "b.tmp", "b.bak", "scratch/b")) {
            tree.write(file, "x");
        }
        run(Dialect.extended(), JobSettings.named("job.1"), fileSet, "exclude=*.tmp")
                .close();
        for (String file : List.of("a.tmp", "a.bak", "scratch/a", "goes")) {
            tree.remove(file);
        }
        tree.write("b.tmp", "y");
        tree.rename("b.bak", "taken");
        tree.rename("changes", "changes.bak");
        tree.rename("scratch", "other/kept");
        try (RecordedJob job = run(Dialect.extended(), next("job.2", "job.1"), fileSet, "exclude=*.tmp")) {
            assertThat(names(job)).containsExactly("/", "/other/", "/other/kept/", "/other/kept/b", "/taken");
            assertThat(gone(job))
                    .contains("/changes", "/goes")
                    .allMatch(name -> name.matches("/changes|/goes|/other/kept/a"));
        }
    }
}
