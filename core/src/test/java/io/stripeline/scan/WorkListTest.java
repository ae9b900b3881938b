package io.stripeline.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.inode.Dir;
import io.stripeline.inode.RawPath;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers that come and go, played by this thread: a worker is a call. */
@Timeout(20)
class WorkListTest {
    private int started;

    private final WorkList list = new WorkList(1, 8, () -> started++, 100);

    private static List<Work.Pending> directories(int n) {
        return IntStream.range(0, n)
                .mapToObj(i -> new Work.Pending(null, Dir.of(RawPath.of("d" + i)), 1, 1, i, true, 0))
                .toList();
    }

    private void eightAtWork() {
        assertThat(list.open()).isTrue();
        assertThat(list.take(-1, true, false)).isInstanceOf(Work.Root.class);
        list.add(directories(20));
        assertThat(started).isEqualTo(8);
    }

    /** Each of them finds that there are too many, before the first of them has ended. */
    @Test
    void ofTooManyWorkersSomeStay() {
        eightAtWork();
        list.limit(3);
        List<Work> taken = new ArrayList<>();
        int leave = 0;
        for (int worker = 0; worker < 8; worker++) {
            Work work = list.take(-1, true, false);
            if (work == null) {
                leave++;
            } else {
                taken.add(work);
            }
        }
        assertThat(taken).hasSize(3);
        for (int worker = 0; worker < leave; worker++) {
            assertThat(list.left()).isFalse();
        }
        assertThat(started).as("nobody comes in their place").isEqualTo(8);
    }

    @Test
    void theLastOneOfAFailedWalkIsToldSo() {
        eightAtWork();
        list.close();
        for (int worker = 1; worker <= 8; worker++) {
            assertThat(list.take(-1, true, false)).isNull();
            assertThat(list.left()).isEqualTo(worker == 8);
        }
    }

    /** Two wait and one is too many: whichever is woken, the piece of work is done by the one that stays. */
    @Test
    void workThatAWorkerLeavesIsForAnother() throws Exception {
        assertThat(list.open()).isTrue();
        assertThat(list.take(-1, true, false)).isInstanceOf(Work.Root.class);
        list.add(directories(2));
        assertThat(list.take(-1, true, false)).isNotNull();
        assertThat(list.take(-1, true, false)).isNotNull();
        assertThat(started).isEqualTo(3);
        List<Work> taken = new CopyOnWriteArrayList<>();
        List<Thread> waiting = List.of(waits(taken), waits(taken));
        for (Thread one : waiting) {
            while (one.getState() != Thread.State.WAITING) {
                Thread.sleep(1);
            }
        }
        list.limit(2);
        list.add(directories(1));
        for (Thread one : waiting) {
            one.join(5_000);
        }
        list.close(); // so that nobody waits for ever where this fails
        assertThat(taken).hasSize(1);
    }

    private Thread waits(List<Work> taken) {
        Thread thread = new Thread(() -> {
            Work work = list.take(0, true, false);
            if (work == null) {
                list.left();
            } else {
                taken.add(work);
            }
        });
        thread.start();
        return thread;
    }
}
