package io.stripeline.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Progress;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.Dir;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Posix;
import io.stripeline.posix.StatxBuffer;
import io.stripeline.ptcomm.Parameters;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.PluginPeer;
import io.stripeline.ptcomm.peer.RecordedJob;
import io.stripeline.ptcomm.peer.Recording;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Tree;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the core tells no plugin of a FileSet, by keys of our own. */
@Timeout(60)
final class DirectoryRulesTest {
    @TempDir
    private Path work;

    private final Progress progress = new Progress();

    static Stream<Dialect> dialects() {
        return Stream.of(Dialect.stock(), Dialect.extended());
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void aDirectoryWithAMarkerIsLeftOutWhole(Dialect dialect) throws Exception {
        Path tree = Files.createDirectory(work.resolve("tree"));
        DiskTree.create(
                tree,
                Tree.root(
                        Tree.dir("kept", Tree.file("f", 1), Tree.file("not.nobackup", 1)),
                        Tree.dir("left", Tree.symlink(".nobackup", "/nowhere"), Tree.dir("deeper", Tree.file("f", 1))),
                        Tree.dir("scratch", Tree.dir("CACHEDIR.TAG"), Tree.file("f", 1))));
        Saved saved = save(
                dialect, "path=" + tree, "exclude_dir_containing=.nobackup", "exclude_dir_containing=CACHEDIR.TAG");
        assertThat(saved.names)
                .containsExactlyInAnyOrder(tree + "/", tree + "/kept/", tree + "/kept/f", tree + "/kept/not.nobackup");
        assertThat(saved.report.texts(Status.INFO)).anyMatch(line -> line.contains(" 2 left out"));
        assertThat(saved.report.texts(Status.WARNING)).isEmpty();
    }

    /** Marked directories at every depth down to twice PATH_MAX, and one of each length where the kernel takes no more. */
    @ParameterizedTest
    @MethodSource("dialects")
    void aMarkerIsSeenBelowPathsThatNoCallTakes(Dialect dialect) throws Exception {
        Path tree = Files.createDirectory(work.resolve("tree"));
        String level = "d".repeat(200);
        List<String> names = new ArrayList<>(List.of(tree + "/"));
        Tree below = Tree.dir("bottom", Tree.file("f", 1));
        for (int depth = 40; depth >= 0; depth--) {
            List<Tree> here = new ArrayList<>(List.of(below, marked("left")));
            int room = 4095 - tree.toString().length() - depth * (level.length() + 1) - 1;
            for (int length = room - 20; room > 21 && room <= 222 && length <= room + 1; length++) {
                here.add(marked("x".repeat(length)));
            }
            String path = tree + "/" + (level + "/").repeat(depth);
            names.add(path + (depth == 40 ? "bottom/" : level + "/"));
            below = Tree.dir(level, here.toArray(Tree[]::new));
        }
        names.add(tree + "/" + (level + "/").repeat(40) + "bottom/f");
        DiskTree.create(tree, Tree.root(below.children().toArray(Tree[]::new)));
        try {
            Saved saved = save(dialect, "path=" + tree, "exclude_dir_containing=.nobackup");
            assertThat(saved.names).containsExactlyInAnyOrderElementsOf(names);
            assertThat(saved.report.texts(Status.INFO)).anyMatch(line -> line.contains(" " + (41 + 22) + " left out"));
        } finally {
            DiskTree.clear(tree); // the JDK cannot
        }
    }

    private static Tree marked(String name) {
        return Tree.dir(name, Tree.file(".nobackup", 1), Tree.dir("deeper", Tree.file("f", 1)));
    }

    private record Saved(List<String> names, JobReport report) {}

    private Saved save(Dialect dialect, String... words) throws Exception {
        Recording recording = Recording.inMemory(dialect);
        JobReport report = new PluginPeer(dialect, new BackendInProcess().start())
                .backup(
                        JobSettings.named("full.2026").withDirectories(work.toString(), work + "/", "/usr/sbin/"),
                        PluginPeer.parameters(words),
                        recording)
                .orThrow();
        try (RecordedJob job = recording.job()) {
            return new Saved(List.copyOf(job.names()), report);
        }
    }

    @Test
    void onlyTheseKindsOfFilesystemsAreEntered() throws Exception {
        DirectoryRules rules = rules("fs_types=xfs,lustre");
        assertThat(entered(rules)).containsExactly("", "own", "lustre");
        assertThat(entered(rules)).containsExactly("", "own", "lustre");
        assertThat(rules.crossing()).isNull();
        assertThat(progress.get(Counter.SKIPPED)).isEqualTo(2);
    }

    @Test
    void whoSaysNothingOfOtherFilesystemsIsToldOnce() throws Exception {
        DirectoryRules rules = rules();
        assertThat(rules.crossing()).isNull();
        assertThat(entered(rules)).containsExactly("", "own", "lustre", "tmpfs");
        assertThat(entered(rules)).containsExactly("", "own", "lustre", "tmpfs");
        assertThat(rules.crossing()).contains("(2, one of them at " + work + "/lustre)", "one_fs=yes", "one_fs=no");
        for (String said : List.of("one_fs=no", "one_fs=yes")) {
            DirectoryRules silent = rules(said);
            assertThat(entered(silent)).hasSize(4);
            assertThat(silent.crossing()).isNull();
        }
    }

    private DirectoryRules rules(String... words) {
        Parameters parameters = Parameters.parse(Arrays.stream(words)
                .map(word -> word.getBytes(StandardCharsets.UTF_8))
                .toList());
        return new DirectoryRules(
                (rows, taken, entered) -> {},
                RawPath.of(work.toString()),
                new JobOptions(parameters, new Parameters(List.of())),
                progress,
                path -> new String(path.name(), StandardCharsets.UTF_8));
    }

    /** The names of directories that the rules let a walk into; each but "own" is on a device of its own. */
    private List<String> entered(DirectoryRules rules) throws Exception {
        StatxBuffer stat = new StatxBuffer();
        Posix.statx(Fcntl.AT_FDCWD, work.toString().getBytes(StandardCharsets.UTF_8), StatxBuffer.BASIC_STATS, stat);
        InodeBatch rows = new InodeBatch();
        List<String> names = List.of("", "own", "lustre", "tmpfs");
        for (int i = 0; i < names.size(); i++) {
            Files.createDirectories(work.resolve(names.get(i)));
            long device = stat.dev() + Math.max(0, i - 1);
            rows.add(Dir.root(), names.get(i).getBytes(StandardCharsets.UTF_8), directory(device));
        }
        BitSet taken = new BitSet();
        taken.set(0, names.size());
        BitSet entered = (BitSet) taken.clone();
        rules.ask(rows, taken, entered);
        assertThat(taken.cardinality()).isEqualTo(names.size());
        return entered.stream().mapToObj(names::get).toList();
    }

    private static Inode directory(long device) {
        Timestamp then = Timestamp.EPOCH;
        return new Inode(
                new InodeId(device, 0, 7), FileType.DIRECTORY.bits() | 0755, 2, 0, 0, 0, 0, 0, then, then, then, then);
    }
}
