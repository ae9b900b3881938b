package io.stripeline.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Job;
import io.stripeline.flow.Outcome;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Timestamp;
import io.stripeline.layout.Extent;
import io.stripeline.posix.Errno;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One entry that fails fails alone. */
class ReadFaultTest extends ReadFixture {
    private void three(int length) {
        tree.file("before", FakeTree.bytes(1, 5000));
        tree.file("bad", FakeTree.bytes(2, length));
        tree.file("after", FakeTree.bytes(3, 5000));
    }

    private void assertNeighbours(Received sink) {
        for (String name : List.of("before", "after")) {
            assertThat(sink.outcome(name)).isEqualTo(Outcome.OK);
            assertThat(sink.contents.get(name)).isEqualTo(tree.node(name).content);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "open, 13, EACCES, 5000",
        "open, 5, EIO, 5000",
        "inode, 5, EIO, 5000",
        "file attributes, 5, EIO, 5000",
        "file attributes, 13, EACCES, 500000",
        "extent, 5, EIO, 5000",
        "extent, 5, EIO, 500000",
        "read, 5, EIO, 5000",
        "read, 5, EIO, 500000",
        "inode, 5, EIO, 500000",
    })
    void everyCallThatFailsIsTheOutcome(String call, int errno, String name, int length) {
        three(length);
        tree.fault(call, "bad", errno);
        Received sink = run(10);
        assertThat(sink.order).containsExactly("before", "bad", "after");
        assertNeighbours(sink);
        assertThat(sink.outcome("bad")).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.cause().errno()).isEqualTo(errno);
            assertThat(failed.cause().operation()).isEqualTo(call);
        });
        assertThat(sink.ends.get("bad").settled()).isFalse();
        assertThat(count(Counter.FAILED)).isEqualTo(1);
        assertThat(job.problems().groups()).singleElement().satisfies(group -> {
            assertThat(group.cause()).isEqualTo(call + ": " + name);
            assertThat(group.severity()).isEqualTo(Problem.Severity.ERROR);
            assertThat(group.first().get(0).path().toString()).isEqualTo("bad");
        });
        assertThat(tree.calls.stream().filter(made -> made.equals(call + " bad")))
                .as("EIO and EACCES are not tried again")
                .hasSize(call.equals("read") && length > 100_000 ? (int) reads() : 1);
    }

    private long reads() {
        return tree.calls.stream().filter("read bad"::equals).count();
    }

    @Test
    void theSecondLookCanFailToo() {
        three(5000);
        tree.fault("inode", "bad", 0, 5);
        Received sink = run(10);
        assertNeighbours(sink);
        assertThat(sink.outcome("bad")).isInstanceOf(Outcome.Failed.class);
        assertThat(sink.contents.get("bad")).isEqualTo(tree.node("bad").content);
    }

    @Test
    void aBlockThatFailsCutsTheFile() {
        three(500_000);
        tree.hook = (call, name, offset) -> {
            if (call.equals("read") && name.equals("bad") && offset == 40 * SLAB) {
                throw new io.stripeline.posix.PosixException("read", Errno.EIO, "bad");
            }
        };
        Received sink = run(10);
        assertNeighbours(sink);
        assertThat(sink.outcome("bad")).isInstanceOf(Outcome.Failed.class);
        assertThat(sink.contents.get("bad")).isEqualTo(Arrays.copyOf(tree.node("bad").content, 40 * SLAB));
    }

    @ParameterizedTest
    @CsvSource({"4, 50", "11, 3", "24, 5", "23, 2", "12, 1", "116, 1"})
    void whatMaySucceedIsTriedAgain(int errno, int times) {
        three(5000);
        int[] faults = new int[times];
        Arrays.fill(faults, errno);
        tree.fault("open", "bad", faults);
        Received sink = run(10);
        assertNeighbours(sink);
        assertThat(sink.outcome("bad")).isEqualTo(Outcome.OK);
        assertThat(job.problems().groups()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"4, EINTR", "11, EAGAIN", "24, EMFILE", "116, ESTALE"})
    void butNotForEver(int errno, String name) {
        three(5000);
        int[] faults = new int[1000];
        Arrays.fill(faults, errno);
        tree.fault("read", "bad", faults);
        Received sink = run(10);
        assertNeighbours(sink);
        assertThat(sink.outcome("bad")).isInstanceOf(Outcome.Failed.class);
        assertThat(job.problems().groups().get(0).cause()).isEqualTo("read: " + name);
    }

    @Test
    void aStaleHandleIsOpenedOnceMore() {
        three(5000);
        tree.fault("inode", "bad", Errno.ESTALE, Errno.ESTALE);
        assertThat(run(10).outcome("bad")).isEqualTo(Outcome.OK);
        assertThat(tree.calls.stream().filter("open bad"::equals)).hasSize(2);
    }

    @Test
    void whatIsGoneIsCountedAndLeavesNoItem() {
        three(5000);
        tree.other("pipe", FileType.FIFO);
        tree.other("dir", FileType.DIRECTORY);
        var batches = tree.batches(10);
        tree.remove("bad");
        tree.remove("pipe");
        tree.remove("dir");
        Received sink = new Received();
        sink(sink, tree, reactor.core.publisher.Flux.fromIterable(batches));
        assertThat(sink.order).containsExactly("before", "after", "dir");
        assertThat(sink.outcome("dir")).isEqualTo(new Outcome.Vanished());
        assertThat(count(Counter.VANISHED)).isEqualTo(3);
        assertThat(count(Counter.FAILED)).isZero();
        assertThat(job.problems().groups()).isEmpty();
    }

    @Test
    void whatWasReplacedByAnotherKindFails() {
        three(5000);
        var batches = tree.batches(10);
        tree.other("bad", FileType.FIFO);
        Received sink = new Received();
        sink(sink, tree, reactor.core.publisher.Flux.fromIterable(batches));
        assertThat(sink.outcome("bad")).isInstanceOf(Outcome.Failed.class);
        assertThat(job.problems().groups().get(0).first().get(0).message()).contains("replaced since the scan");
    }

    @Test
    void whatWasReplacedByAnotherFileIsReadAsWhatItIs() {
        three(5000);
        var batches = tree.batches(10);
        tree.file("bad", FakeTree.bytes(9, 9000));
        Received sink = new Received();
        sink(sink, tree, reactor.core.publisher.Flux.fromIterable(batches));
        assertThat(sink.outcome("bad")).isEqualTo(Outcome.OK);
        assertThat(sink.contents.get("bad")).isEqualTo(FakeTree.bytes(9, 9000));
        assertThat(sink.begins.get("bad").inode()).isEqualTo(tree.node("bad").inode);
    }

    private void changeAtRead(Runnable change) {
        tree.hook = (call, name, offset) -> {
            if (call.equals("read") && name.equals("bad")) {
                change.run();
            }
        };
    }

    @ParameterizedTest
    @CsvSource({"9000, 2000", "9000, 0", "500000, 200000", "500000, 5"})
    void aFileThatShrinksIsChangedAndNotPadded(int length, int left) {
        three(length);
        FakeTree.Node bad = tree.node("bad");
        byte[] content = bad.content;
        changeAtRead(() -> {
            bad.content = Arrays.copyOf(content, left);
            bad.inode = FakeTree.with(bad.inode, left, FakeTree.OLD, FakeTree.OLD);
        });
        Received sink = run(10);
        assertNeighbours(sink);
        assertThat(sink.outcome("bad")).isEqualTo(new Outcome.Changed("size " + length + " -> " + left));
        assertThat(sink.contents.get("bad")).isEqualTo(Arrays.copyOf(content, left));
        assertThat(sink.ends.get("bad").inode().sizeBytes()).isEqualTo(left);
        assertThat(sink.ends.get("bad").settled()).isFalse();
        assertThat(count(Counter.CHANGED)).isEqualTo(1);
        assertThat(job.problems().count(Problem.Severity.WARNING)).isEqualTo(1);
    }

    @Test
    void aHoleAtTheEndIsNotSentWhereTheFileWasCutOff() {
        three(9000);
        FakeTree.Node bad = tree.node("bad");
        bad.extents = List.of(new Extent(0, 4000, false), new Extent(4000, Long.MAX_VALUE - 4000, true));
        byte[] content = bad.content;
        changeAtRead(() -> bad.inode = FakeTree.with(bad.inode, 4500, FakeTree.OLD, FakeTree.OLD));
        Received sink = run(10);
        assertThat(sink.outcome("bad")).isEqualTo(new Outcome.Changed("size 9000 -> 4500"));
        byte[] expected = Arrays.copyOf(Arrays.copyOf(content, 4000), 4500);
        assertThat(sink.contents.get("bad")).isEqualTo(expected);
    }

    @Test
    void aFileThatGrowsIsReadUpToTheSizeItHad() {
        three(9000);
        FakeTree.Node bad = tree.node("bad");
        changeAtRead(() -> {
            bad.content = Arrays.copyOf(bad.content, bad.content.length * 2);
            bad.inode = FakeTree.with(bad.inode, bad.content.length, FakeTree.OLD, FakeTree.OLD);
        });
        byte[] content = bad.content;
        Received sink = run(10);
        assertThat(sink.outcome("bad")).isInstanceOf(Outcome.Changed.class);
        assertThat(sink.contents.get("bad")).isEqualTo(content);
        assertThat(sink.ends.get("bad").inode().sizeBytes()).isEqualTo(9000);
    }

    @Test
    void aFileWrittenInPlaceIsChanged() {
        three(9000);
        FakeTree.Node bad = tree.node("bad");
        changeAtRead(() -> bad.inode = FakeTree.with(bad.inode, 9000, new Timestamp(2_000_000, 0), FakeTree.OLD));
        assertThat(run(10).outcome("bad"))
                .isEqualTo(new Outcome.Changed("mtime 1970-01-12T13:46:40.000000005Z -> 1970-01-24T03:33:20Z"));
    }

    @Test
    void aFileWhoseInodeChangesIsChanged() {
        three(9000);
        FakeTree.Node bad = tree.node("bad");
        changeAtRead(() -> bad.inode = FakeTree.with(bad.inode, 9000, FakeTree.OLD, new Timestamp(2_000_000, 0)));
        assertThat(run(10).outcome("bad").toString()).contains("ctime");
    }

    @ParameterizedTest
    @CsvSource({"10, 10, true", "3, 3, true", "1, 9, false", "9, 1, false", "-5, 9, false", "2, 2, true"})
    void onlyWhatStoodStillLongEnoughIsSettled(int mtimeAge, int ctimeAge, boolean settled) {
        Instant now = Instant.ofEpochSecond(1_700_000_000);
        job = new Job(job.progress(), job.problems(), Clock.fixed(now, ZoneOffset.UTC));
        for (FileType type : List.of(FileType.REGULAR, FileType.DIRECTORY)) {
            FakeTree.Node node = type == FileType.REGULAR ? tree.file("f", new byte[5]) : tree.other("d", type);
            node.inode = FakeTree.with(
                    node.inode,
                    node.inode.sizeBytes(),
                    new Timestamp(now.getEpochSecond() - mtimeAge, 0),
                    new Timestamp(now.getEpochSecond() - ctimeAge, 0));
        }
        Received sink = run(10);
        assertThat(sink.ends.get("f").settled()).isEqualTo(settled);
        assertThat(sink.ends.get("d").settled()).isEqualTo(settled);
    }
}
