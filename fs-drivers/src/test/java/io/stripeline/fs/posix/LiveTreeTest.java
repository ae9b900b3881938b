package io.stripeline.fs.posix;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.Volume;
import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Outcome;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Throttle;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.FileIo;
import io.stripeline.posix.Namespace;
import io.stripeline.posix.NativeMemory;
import io.stripeline.posix.PosixException;
import io.stripeline.read.Read;
import io.stripeline.read.ReadSpec;
import io.stripeline.scan.ScanSpec;
import io.stripeline.slab.SlabPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A tree in which somebody writes, cuts, renames and replaces while it is read, again and again. */
@Timeout(120)
class LiveTreeTest {
    private static final int DIRS = 8;
    private static final int FILES = 40;

    @TempDir
    Path tree;

    /** What symlinks in the tree point to: it must neither be read nor changed. */
    private Path outside;

    @BeforeEach
    void makeOutside(@TempDir Path elsewhere) throws IOException {
        outside = Files.write(elsewhere.resolve("outside"), new byte[] {1, 2, 3});
    }

    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong changes = new AtomicLong();

    private void disturb(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        try (Fd root =
                Fd.openat(Fcntl.AT_FDCWD, tree.toString().getBytes(StandardCharsets.UTF_8), Fcntl.O_DIRECTORY, 0)) {
            while (!stop.get()) {
                Path file = tree.resolve("d" + random.nextInt(DIRS)).resolve("f" + random.nextInt(FILES));
                try {
                    change(random, file, root);
                    changes.incrementAndGet();
                } catch (IOException | PosixException raced) {
                    Thread.onSpinWait(); // the other one was faster; the next change is another one
                }
            }
        }
    }

    private void change(SplittableRandom random, Path file, Fd root) throws IOException {
        byte[] name = tree.relativize(file).toString().getBytes(StandardCharsets.UTF_8);
        switch (random.nextInt(8)) {
            case 0 -> resize(root, name, random.nextInt(400_000));
            case 1 -> write(root, name, random.nextInt(400_000));
            case 2 -> Files.deleteIfExists(file);
            case 3 -> {
                Files.deleteIfExists(file);
                Files.createSymbolicLink(file, outside);
            }
            case 4 -> {
                Files.deleteIfExists(file);
                Namespace.mknodat(root.number(), name, 0010600, 0);
            }
            case 5 -> Files.createLink(file, tree.resolve("d0/f0"));
            case 6 -> {
                Files.deleteIfExists(file);
                Files.write(file, new byte[random.nextInt(100_000)], StandardOpenOption.CREATE_NEW);
            }
            default -> Files.move(file, file.resolveSibling("f" + random.nextInt(FILES)));
        }
    }

    /** Never through a symlink, never waiting for a fifo's reader. */
    private static Fd writable(Fd root, byte[] name) {
        return Fd.openat(root.number(), name, Fcntl.O_WRONLY | Fcntl.O_NONBLOCK | Fcntl.O_NOFOLLOW, 0);
    }

    private static void resize(Fd root, byte[] name, int length) {
        try (Fd fd = writable(root, name)) {
            FileIo.truncate(fd.number(), length);
        }
    }

    private static void write(Fd root, byte[] name, int offset) {
        ByteBuffer bytes = NativeMemory.allocate(1000);
        try (Fd fd = writable(root, name)) {
            FileIo.pwrite(fd.number(), NativeMemory.address(bytes), 1000, offset);
        }
    }

    /** Checks the grammar and that sizes are those of the data. */
    private static final class Checks {
        private Item.@Nullable Begin open;
        private long at;
        long ends;

        boolean take(Item item) {
            if (item instanceof Item.Begin begin) {
                assertThat(open).isNull();
                open = begin;
                at = 0;
            } else if (item instanceof Item.Data data) {
                assertThat(data.offset()).isEqualTo(at);
                assertThat(data.slab().buffer().get(0))
                        .as("every file in the tree holds zeros")
                        .isZero();
                at += data.slab().buffer().remaining();
                data.slab().release();
            } else if (item instanceof Item.Hole hole) {
                assertThat(hole.offset()).isEqualTo(at);
                at += hole.length();
            } else if (item instanceof Item.End end) {
                assertThat(open).isNotNull();
                if (end.inode().isRegular() && end.outcome().hasContent()) {
                    assertThat(end.inode().sizeBytes()).isEqualTo(at);
                }
                assertThat(end.settled() && !(end.outcome() instanceof Outcome.Ok))
                        .isFalse();
                open = null;
                ends++;
            } else {
                assertThat(open).isNull();
            }
            return true;
        }
    }

    @Test
    void everyRoundEndsWellAndLeavesNothing() throws Exception {
        for (int d = 0; d < DIRS; d++) {
            Files.createDirectory(tree.resolve("d" + d));
            for (int f = 0; f < FILES; f++) {
                Files.write(tree.resolve("d" + d + "/f" + f), new byte[f * 5000]);
            }
        }
        long descriptors = Fd.outstanding();
        Thread first = new Thread(() -> disturb(1));
        Thread second = new Thread(() -> disturb(2));
        first.start();
        second.start();
        long before = changes.get();
        for (int round = 0; round < 12; round++) {
            round(1 + round % 9);
        }
        stop.set(true);
        first.join();
        second.join();
        assertThat(changes.get() - before).as("something happened meanwhile").isGreaterThan(100);
        assertThat(Fd.outstanding()).isEqualTo(descriptors);
        assertThat(outside).hasBinaryContent(new byte[] {1, 2, 3});
    }

    private void round(int slabCount) {
        SlabPool slabs = SlabPool.of(slabCount, 16 << 10).traced();
        Job job = Job.start();
        Checks checks = new Checks();
        Throttle fast = Throttle.bytesPerSecond(1L << 30);
        try (Volume volume = PosixVolume.open(tree)) {
            volume.scan(ScanSpec.all(), job)
                    .transform(Read.items(volume.content(), slabs, ReadSpec.of(volume.capabilities()), Base.NONE, job))
                    .transform(fast.limit())
                    .map(checks::take)
                    .blockLast(Duration.ofSeconds(60));
        }
        assertThat(slabs.takers()).isEmpty();
        assertThat(checks.ends).isPositive();
        assertThat(checks.open).isNull();
        assertThat(job.progress().get(Counter.ENTRIES)).isGreaterThanOrEqualTo(checks.ends);
        job.problems().groups().stream()
                .filter(group -> group.severity() == Problem.Severity.ERROR)
                .forEach(group -> assertThat(group.cause())
                        .as(group.first().toString())
                        .isIn("open: ESTALE", "readlink: ESTALE", "listxattr: ESTALE"));
    }
}
