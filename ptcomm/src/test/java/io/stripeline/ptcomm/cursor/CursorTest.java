package io.stripeline.ptcomm.cursor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.FileSystemId;
import io.stripeline.change.Cursor;
import io.stripeline.inode.RawPath;
import io.stripeline.ptcomm.JobBlock;
import io.stripeline.ptcomm.Parameters;
import io.stripeline.snapshot.FormatException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CursorTest {
    @TempDir
    private Path directory;

    private final List<String> warnings = new ArrayList<>();

    private static List<byte[]> lines(String... lines) {
        return Arrays.stream(lines)
                .map(line -> line.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    private CursorStore store(String... parameters) throws Exception {
        return CursorStore.open(directory, Parameters.parse(lines(parameters)), warnings::add);
    }

    private static JobBlock job(String... keys) {
        return JobBlock.parse(lines(keys));
    }

    private static boolean hasBase(CursorStore store, JobBlock job) throws Exception {
        Optional<JobCursor> cursor = store.base(job);
        cursor.ifPresent(JobCursor::close);
        return cursor.isPresent();
    }

    private Path only() throws Exception {
        try (Stream<Path> all = Files.list(directory.resolve("stripeline/cursors"))) {
            return all.filter(path -> path.toString().endsWith(".cursor"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void sortsMoreThanFitsIntoMemory() throws Exception {
        SplittableRandom random = new SplittableRandom(3);
        long[] all = random.longs(10_000).toArray();
        List<Long> out = new ArrayList<>();
        try (HashSorter sorter = new HashSorter(directory, 64)) {
            for (long one : all) {
                sorter.add(one);
            }
            sorter.drainTo(out::add);
        }
        assertThat(out)
                .containsExactlyElementsOf(
                        Arrays.stream(all).boxed().sorted(Long::compareUnsigned).toList());
    }

    @Test
    void whatWasNotedIsKnown() throws Exception {
        CursorStore store = store("path=/a");
        try (CursorWriter writer = store.begin(job("Name=a b/c.1", "Level=F"), Instant.ofEpochSecond(1000))) {
            for (int i = 0; i < 3_000; i++) {
                writer.directory(7, i, RawPath.of("/a/d" + i));
            }
            writer.again(RawPath.of("/a/unreadable"));
            writer.commit();
        }
        try (JobCursor cursor =
                store.base(job("PrevJobName=a b/c.1", "Since=1001")).orElseThrow()) {
            assertThat(cursor.startSeconds()).isEqualTo(1000);
            for (int i = 0; i < 3_000; i++) {
                assertThat(cursor.knowsDirectory(7, i, RawPath.of("/a/d" + i))).isTrue();
            }
            assertThat(cursor.knowsDirectory(7, 1, RawPath.of("/a/d2"))).isFalse();
            assertThat(cursor.knowsDirectory(8, 1, RawPath.of("/a/d1"))).isFalse();
            assertThat(cursor.isAgain(RawPath.of("/a/unreadable"))).isTrue();
            assertThat(cursor.isAgain(RawPath.of("/a/d1"))).isFalse();
        }
        assertThat(Files.getPosixFilePermissions(only())).hasSize(2);
        assertThat(warnings).isEmpty();
        assertThat(hasBase(store, job("PrevJobName=virtual", "Since=1001"))).isTrue();
        assertThat(store("path=/b").base(job("PrevJobName=a b/c.1", "Since=1001")))
                .isEmpty();
        assertThat(warnings).hasSize(1);
    }

    @Test
    void eachFlippedByteIsFound() throws Exception {
        CursorStore store = store("path=/a");
        try (CursorWriter writer = store.begin(job("Name=j"), Instant.EPOCH)) {
            writer.directory(0, 1, RawPath.of("/a"));
            writer.again(RawPath.of("/a/x"));
            writer.commit();
        }
        byte[] good = Files.readAllBytes(only());
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            Files.write(only(), bad);
            assertThatThrownBy(() -> JobCursor.open(only())).as("byte %d", at).isInstanceOf(FormatException.class);
        }
        Files.write(only(), Arrays.copyOf(good, good.length - 1));
        assertThat(hasBase(store, job("PrevJobName=j", "Since=5"))).isFalse();
        assertThat(warnings).hasSize(2).first().asString().contains(only().toString());
    }

    @Test
    void theGoldenFileOfVersion1IsRead() throws Exception {
        Path golden =
                Path.of(CursorTest.class.getResource("/cursor/version-1.cursor").toURI());
        try (JobCursor cursor = JobCursor.open(golden)) {
            assertThat(cursor.startSeconds()).isEqualTo(1_700_000_000);
            assertThat(cursor.knowsDirectory(1, 2, RawPath.of("/lustre"))).isTrue();
            assertThat(cursor.knowsDirectory(1, 3, RawPath.of("/lustre/a b"))).isTrue();
            assertThat(cursor.isAgain(RawPath.of("/lustre/busy"))).isTrue();
        }
    }

    private void aged(CursorStore store, String name, String level, Instant now, int days) throws Exception {
        try (CursorWriter writer = store.begin(job("Name=" + name, "Level=" + level), now)) {
            writer.commit();
        }
        Path file = store.file(name, CursorStore.SUFFIX);
        Files.setLastModifiedTime(file, FileTime.from(now.minus(Duration.ofDays(days))));
    }

    private static String nightly(int number) {
        return "nightly.2026-01-0" + number + "_00.00.00_0" + number;
    }

    @Test
    void oldOnesGoWhenAFullBackupIsProvedThatIsNewer() throws Exception {
        CursorStore store = store("path=/a");
        Instant now = Instant.ofEpochSecond(2_000_000_000);
        String[] levels = {"F", "I", "F", "I", "F"};
        for (int i = 0; i < levels.length; i++) {
            aged(store, nightly(i), levels[i], now, 100 - 10 * i);
        }
        String weekly = "weekly.2026-01-09_00.00.00_09";
        aged(store, weekly, "F", now, 1);
        assertThat(hasBase(store, job("PrevJobName=" + weekly, "Since=9"))).isTrue();
        store.expire(now);
        for (int i = 0;
                i < levels.length;
                i++) { // nobody has named one of them: all of these full backups may have failed
            assertThat(store.file(nightly(i), CursorStore.SUFFIX)).exists();
        }
        assertThat(hasBase(store, job("PrevJobName=" + nightly(2), "Since=1"))).isTrue();
        store.expire(now);
        assertThat(store.file(nightly(0), CursorStore.SUFFIX)).doesNotExist();
        assertThat(store.file(nightly(1), CursorStore.SUFFIX)).doesNotExist();
        for (int i = 2; i < levels.length; i++) {
            assertThat(store.file(nightly(i), CursorStore.SUFFIX)).exists();
        }
    }

    private void committed(CursorStore store, String name, long start, String... more) throws Exception {
        List<String> lines = new ArrayList<>(List.of("Name=" + name));
        lines.addAll(List.of(more));
        try (CursorWriter writer = store.begin(job(lines.toArray(new String[0])), Instant.ofEpochSecond(start))) {
            writer.commit();
        }
    }

    private static long start(CursorStore store, JobBlock job) throws Exception {
        Optional<JobCursor> base = store.base(job);
        try (JobCursor cursor = base.orElseThrow()) {
            return cursor.startSeconds();
        }
    }

    @Test
    void aVirtualFullIsTheLastJobInItThoughNobodyNamedThat() throws Exception {
        CursorStore store = store("path=/a");
        committed(store, "n.2026-01-01_01.00.00_01", 1_005);
        committed(store, "n.2026-01-02_01.00.00_02", 2_007, "Level=I");
        committed(store, "n.2026-01-03_01.00.00_03", 3_004, "Level=I"); // failed
        committed(store, "other.2026-01-02_01.00.00_04", 2_001, "Level=I");
        String virtual = "PrevJobName=n.2026-01-02_09.00.00_05";
        assertThat(start(store, job(virtual, "Since=2000"))).isEqualTo(2_007);
        assertThat(start(store, job(virtual, "Since=2009")))
                .as("a clock that differs")
                .isEqualTo(2_007);
        assertThat(warnings).isEmpty();
    }

    @Test
    void withoutTheCursorOfTheLastJobInItAnOlderOneIsTaken() throws Exception {
        CursorStore store = store("path=/a");
        committed(store, "n.2026-01-01_01.00.00_01", 1_005);
        committed(store, "n.2026-01-03_01.00.00_03", 3_004, "Level=I");
        String virtual = "PrevJobName=n.2026-01-02_09.00.00_05";
        assertThat(start(store, job(virtual, "Since=2000"))).isEqualTo(1_005);
        assertThat(warnings).hasSize(1).first().asString().contains("goes by an older one");
    }

    private static final FileSystemId LOG = FileSystemId.of(new byte[] {1});

    private static Cursor at(int position) {
        return new Cursor("log", 1, new byte[] {(byte) position});
    }

    private List<Cursor> acknowledged(CursorStore store) throws Exception {
        List<Cursor> out = new ArrayList<>();
        store.acknowledge(LOG, Instant.now(), out::add);
        return out;
    }

    /** Shards of one tree run at once: the first to end must not have the log forget what another will need. */
    @Test
    void whatARunningJobWillLeaveIsNeeded() throws Exception {
        CursorStore one = store("path=/a", "shard=1/2");
        CursorStore two = store("path=/a", "shard=2/2");
        try (CursorWriter slow = one.begin(job("Name=slow", "Level=F"), Instant.now())) {
            slow.source(RawPath.of("/a"), LOG, () -> at(5));
            try (CursorWriter quick = two.begin(job("Name=quick", "Level=F"), Instant.now())) {
                quick.source(RawPath.of("/a"), LOG, () -> at(7));
                quick.commit();
            }
            assertThat(acknowledged(two)).containsExactly(at(5));
            slow.commit();
        }
        assertThat(acknowledged(one))
                .as("the older one, though it was written later")
                .containsExactly(at(5));
        assertThat(acknowledged(store("path=/b"))).containsExactly(at(5));
        assertThat(files(Running.SUFFIX)).isEmpty();
    }

    @Test
    void aJobThatFailedLeavesNothing() throws Exception {
        CursorStore store = store("path=/a");
        try (CursorWriter failed = store.begin(job("Name=failed", "Level=F"), Instant.now())) {
            failed.source(RawPath.of("/a"), LOG, () -> at(5));
            failed.again(RawPath.of("/a/x"));
        }
        assertThat(acknowledged(store)).isEmpty();
        assertThat(files("")).allMatch(file -> file.toString().endsWith(".turn"));
    }

    @Test
    void aProcessThatDiedHoldsNoLog() throws Exception {
        CursorStore store = store("path=/a");
        Path left = directory.resolve("stripeline/cursors/job-dead.0.running");
        try (SourceWriter writer = new SourceWriter(left, directory)) {
            writer.tree(RawPath.of("/a"), LOG, at(1), 1);
            writer.commit();
        }
        try (CursorWriter job = store.begin(job("Name=next", "Level=F"), Instant.now())) {
            job.source(RawPath.of("/a"), LOG, () -> at(9));
            job.commit();
        }
        assertThat(acknowledged(store)).containsExactly(at(9));
        assertThat(left).doesNotExist();
    }

    private List<Path> files(String suffix) throws Exception {
        try (Stream<Path> all = Files.list(directory.resolve("stripeline/cursors"))) {
            return all.filter(path -> path.toString().endsWith(suffix)).toList();
        }
    }
}
