package io.stripeline.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.Volume;
import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Problems;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.fs.posix.PosixDriver;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.Errno;
import io.stripeline.snapshot.Row;
import io.stripeline.snapshot.RowState;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.Faults;
import io.stripeline.testkit.Faults.Call;
import io.stripeline.testkit.FaultyVolume;
import io.stripeline.testkit.Tree;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each call of a backup fails with each errno: that file fails and is named, the rest is in the snapshot. */
class FaultSweepTest {
    private static final String FILE = "d/sparse";

    @TempDir
    Path temporary;

    private StoredTree stored;

    @BeforeEach
    void makeTree() throws Exception {
        stored = StoredTree.create(
                temporary,
                Tree.root(
                        Tree.file("before", Content.random(1, 300_000)),
                        Tree.dir(
                                "d",
                                Tree.file(
                                        "sparse",
                                        Content.random(2, 70_000)
                                                .then(Content.hole(8 << 20))
                                                .then(Content.random(3, 70_000))),
                                Tree.file("beside", Content.of("x")),
                                Tree.symlink("link", "beside")),
                        Tree.file("z", Content.random(4, 10_000))));
    }

    static Stream<Arguments> faults() {
        List<Arguments> out = new ArrayList<>();
        for (Call call :
                List.of(Call.OPEN, Call.INODE, Call.FILE_ATTRIBUTES, Call.EXTENT, Call.READ, Call.ATTRIBUTES)) {
            for (int errno :
                    new int[] {Errno.EIO, Errno.EACCES, Errno.ENOENT, Errno.ESTALE, Errno.ENOSPC, Errno.EMFILE}) {
                out.add(Arguments.of(call, errno));
            }
        }
        return out.stream();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void theEntryFailsAndIsNamedTheRestIsKept(Call call, int errno) {
        String path = call == Call.ATTRIBUTES ? "d/link" : FILE;
        Report report = backup(new Faults().on(call, path).always().fail(errno));

        boolean vanished = errno == Errno.ENOENT && (call != Call.EXTENT && call != Call.READ);
        if (vanished) {
            assertThat(report.get(Counter.VANISHED)).isEqualTo(1);
            assertThat(report.count(Problem.Severity.ERROR)).isZero();
        } else {
            Problems.Group group = report.problems().get(0);
            assertThat(report.problems()).hasSize(1);
            assertThat(group.severity()).isEqualTo(Problem.Severity.ERROR);
            assertThat(group.first()).singleElement().satisfies(problem -> {
                assertThat(problem.path()).isEqualTo(RawPath.of(path));
                assertThat(problem.message()).contains(path).contains(Errno.name(errno));
            });
            assertThat(report.get(Counter.FAILED)).isEqualTo(1);
        }
        List<String> kept = kept();
        assertThat(kept).contains(".", "before", "d", "d/beside", "z").doesNotContain(path);
        assertThat(kept).hasSize(6);
        assertThat(backup(new Faults()).isComplete())
                .as("the next backup takes it")
                .isTrue();
        assertThat(kept()).hasSize(7).contains(path);
        stored.assertRestored();
    }

    @Test
    void shortReadsLoseNothing() {
        Report report = backup(new Faults().on(Call.READ).always().shortRead(1000));
        assertThat(report.isComplete()).isTrue();
        stored.assertRestored();
    }

    private Report backup(Faults faults) {
        try (Volume volume = new FaultyVolume(new PosixDriver().open(stored.source()), faults)) {
            return stored.backup(volume, StoredTree.later());
        }
    }

    /** Paths whose content is in the last snapshot. */
    private List<String> kept() {
        try (DedupStore store = DedupStore.open(stored.store())) {
            Job job = Job.start();
            List<Row> rows = store.list(store.find("latest", job), RawPath.ROOT, true)
                    .collectList()
                    .block(Duration.ofSeconds(20));
            assertThat(rows).isNotNull();
            return rows.stream()
                    .filter(row -> row.state().outcome() != RowState.Kept.FAILED)
                    .map(row -> row.path().toString())
                    .collect(Collectors.toList());
        }
    }
}
