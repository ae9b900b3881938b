package io.stripeline.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Job;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Tree;
import java.io.BufferedReader;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the process that writes to a store, at random moments, and looks at what is left. {@code -Dstripeline.kills=N}
 * sets how often; by default 200 times on the JDK that the project is built for and 20 times on newer ones, since what
 * is tested are files and not the JVM.
 */
class KilledBackupTest {
    private static final int KILLS =
            Integer.getInteger("stripeline.kills", Runtime.version().feature() < 21 ? 200 : 20);
    /** A store is replaced after so many kills: the first backup is the longest, and checks stay short. */
    private static final int KILLS_PER_STORE = 3;

    /** One kill of so many is aimed at a checkpoint: where the machine is quick, random ones may all miss. */
    private static final int KILLS_PER_CHECKPOINT = 4;

    private static final int FILES = 150;
    private static final int FILE_BYTES = 60_000;

    @TempDir
    Path temporary;

    private final List<String> acknowledged = new ArrayList<>();
    private String classPath = "";
    private int withPartial;
    private int withNothing;

    private void makeSource(Path source, long seed) throws Exception {
        Files.createDirectory(source);
        List<Tree> files = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
            files.add(Tree.file("file" + i, Content.random(seed * 1000 + i, 1 + i * FILE_BYTES / FILES)));
        }
        DiskTree.create(source, Tree.root(Tree.dir("d").children(files), Tree.hardLink("link", "d/file9")));
    }

    /** An archive of classes of a first run makes the other ones start in half the time. */
    private Path archive() throws Exception {
        classPath = jars();
        Path source = temporary.resolve("first");
        makeSource(source, 1);
        Path archive = temporary.resolve("classes.jsa");
        Process child =
                start(source, temporary.resolve("first-store"), "-XX:ArchiveClassesAtExit=" + archive, "-Xlog:disable");
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor()).as(output).isZero();
        return archive;
    }

    /** How long a run takes that is not killed: kills are spread over that time. */
    private long wholeRunMillis(Path archive) throws Exception {
        Process child = start(
                temporary.resolve("first"),
                temporary.resolve("second-store"),
                "-XX:SharedArchiveFile=" + archive,
                "-Xshare:auto",
                "-Xlog:disable");
        try (BufferedReader lines = child.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("running");
            long start = System.nanoTime();
            assertThat(lines.readLine()).startsWith("stored ");
            child.waitFor();
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + 1;
        }
    }

    /** The class path with jars instead of directories, which an archive of classes cannot be of. */
    private String jars() throws Exception {
        StringBuilder out = new StringBuilder();
        int number = 0;
        for (String element : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(element);
            out.append(out.length() == 0 ? "" : File.pathSeparator);
            out.append(Files.isDirectory(path) ? jar(path, temporary.resolve(number++ + ".jar")) : path);
        }
        return out.toString();
    }

    private static Path jar(Path classes, Path jar) throws Exception {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            out.setLevel(0);
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
            }
        }
        return jar;
    }

    private Process start(Path source, Path store, String... options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of(
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                BackupChild.class.getName(),
                source.toString(),
                store.toString(),
                temporary.toString(),
                "1"));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @Test
    void whatWasAcknowledgedStandsAndTheNextBackupGoesOn() throws Exception {
        Path archive = archive();
        long longestMillis = wholeRunMillis(archive);
        for (int kill = 0; kill < KILLS; kill++) {
            int group = kill / KILLS_PER_STORE;
            Path source = temporary.resolve("source" + group);
            Path store = temporary.resolve("store" + group);
            if (kill % KILLS_PER_STORE == 0) {
                makeSource(source, group);
                acknowledged.clear();
            }
            Random random = new Random(kill);
            DiskTree.add(source, "d", Tree.file("new" + kill, Content.random(kill, 500_000 + random.nextInt(500_000))));
            long millis = random.nextLong(longestMillis);
            Moment moment = kill % KILLS_PER_CHECKPOINT == 0
                    ? nextRoot(store)
                    : running -> running.waitFor(millis, TimeUnit.MILLISECONDS);
            Process child = start(source, store, "-XX:SharedArchiveFile=" + archive, "-Xshare:auto", "-Xlog:disable");
            kill(child, moment);
            examine(source, store, kill);
            DiskTree.remove(source, "d/new" + kill);
        }
        System.out.println(KILLS + " kills within " + longestMillis + " ms: " + withPartial + " left a checkpoint, "
                + withNothing + " nothing to go on from, the others a whole snapshot");
        assertThat(withPartial).isPositive();
    }

    /** A moment to kill a child at. */
    private interface Moment {
        void await(Process child) throws Exception;
    }

    /** When the child has published one more root, of a checkpoint as a rule. */
    private static Moment nextRoot(Path store) throws Exception {
        int before = roots(store);
        return child -> {
            while (child.isAlive() && roots(store) <= before) {
                child.waitFor(1, TimeUnit.MILLISECONDS);
            }
        };
    }

    private static int roots(Path store) throws Exception {
        Path roots = store.resolve("roots");
        if (!Files.isDirectory(roots)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(roots)) {
            return (int) all.filter(root -> !root.getFileName().toString().startsWith("."))
                    .count();
        }
    }

    private void kill(Process child, Moment moment) throws Exception {
        try (BufferedReader lines = child.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("running");
            moment.await(child);
            child.toHandle().destroyForcibly(); // SIGKILL; the process object would close its pipes
            child.waitFor();
            String line = lines.readLine();
            if (line != null && line.startsWith("stored ") && line.length() == "stored ".length() + 64) {
                acknowledged.add(line.substring("stored ".length()));
            }
        }
    }

    private void examine(Path source, Path directory, int kill) throws Exception {
        Job job = Job.start();
        boolean partial = false;
        boolean whole = false;
        if (Files.exists(directory.resolve("config"))) {
            try (DedupStore store = DedupStore.open(directory)) {
                assertThat(store.check(true, job).damages())
                        .as("kill %d: %s", kill, job.problems().groups())
                        .isZero();
                List<StoredSnapshot> snapshots = store.snapshots(job);
                assertThat(snapshots.stream().map(StoredSnapshot::id)).containsAll(acknowledged);
                partial =
                        snapshots.stream().anyMatch(snapshot -> snapshot.root().partial());
                whole = snapshots.stream().anyMatch(snapshot -> !snapshot.root().partial());
            }
        }
        withPartial += partial ? 1 : 0;
        withNothing += partial || whole ? 0 : 1;
        StoredTree stored = new StoredTree(temporary, source, directory);
        Report report = stored.backup(StoredTree.later());
        assertThat(report.isComplete()).isTrue();
        acknowledged.add(report.id());
        if (whole) {
            assertThat(report.get(Counter.BYTES)).as("kill %d", kill).isLessThanOrEqualTo(1_000_000);
        }
        stored.assertRestored();
    }
}
