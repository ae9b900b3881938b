package io.stripeline.slab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SlabPoolTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    /** Takes on a thread of its own; done when it has one. */
    private Future<Slab> taking(SlabPool.Ticket ticket) throws InterruptedException {
        Thread[] taker = new Thread[1];
        Future<Slab> out = threads.submit(() -> {
            taker[0] = Thread.currentThread();
            return ticket.take();
        });
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> out.isDone() || (taker[0] != null && taker[0].getState() == Thread.State.WAITING));
        return out;
    }

    @Test
    void theOldestTicketGoesFirstAndHasAReserve() throws Exception {
        SlabPool pool = SlabPool.of(4, 4096);
        SlabPool.Ticket head = pool.ticket();
        SlabPool.Ticket second = pool.ticket();
        SlabPool.Ticket third = pool.ticket();
        List<Slab> held = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            held.add(third.take());
        }
        Future<Slab> late = taking(third);
        Future<Slab> earlier = taking(second);
        assertThat(late.isDone() || earlier.isDone())
                .as("the last one is the head's")
                .isFalse();
        Slab ofHead = head.take();
        assertThat(pool.outstanding()).isEqualTo(4);
        ofHead.release();
        assertThat(late.isDone() || earlier.isDone()).isFalse();
        held.remove(0).release();
        assertThat(earlier.get(10, TimeUnit.SECONDS)).isNotNull();
        assertThat(late.isDone()).isFalse();
        head.close();
        second.close();
        assertThat(late.get(10, TimeUnit.SECONDS)).as("third is the head now").isNotNull();
        held.forEach(Slab::release);
        earlier.get().release();
        late.get().release();
        assertThat(pool.outstanding()).isZero();
        third.close();
    }

    @Test
    void oneWaiterIsServedAtATime() throws Exception {
        SlabPool pool = SlabPool.of(1, 4096);
        SlabPool.Ticket ticket = pool.ticket();
        Slab slab = ticket.take();
        List<Future<Slab>> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiting.add(taking(ticket));
        }
        for (Future<Slab> next : waiting) {
            assertThat(next.isDone()).isFalse();
            slab.release();
            slab = next.get(10, TimeUnit.SECONDS);
        }
        slab.release();
        ticket.close();
    }

    @Test
    void closingATicketEndsItsWaits() throws Exception {
        SlabPool pool = SlabPool.of(1, 4096);
        SlabPool.Ticket first = pool.ticket();
        SlabPool.Ticket second = pool.ticket();
        Slab slab = first.take();
        Future<Slab> waiting = taking(second);
        second.close();
        assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS)).hasMessageContaining("ticket is closed");
        assertThatThrownBy(second::take).hasMessageContaining("ticket is closed");
        second.close();
        slab.release();
        first.close();
    }

    @Test
    void closingThePoolEndsAllWaits() throws Exception {
        SlabPool pool = SlabPool.of(1, 4096);
        SlabPool.Ticket ticket = pool.ticket();
        Slab slab = ticket.take();
        Future<Slab> waiting = taking(ticket);
        pool.close();
        assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS)).hasMessageContaining("pool is closed");
        assertThat(slab.buffer().capacity()).as("what is out stays valid").isEqualTo(4096);
        slab.release();
        assertThat(pool.outstanding()).isZero();
        assertThat(pool.allocated()).isZero();
    }

    @Test
    void anInterruptedWaitTakesNothing() throws Exception {
        SlabPool pool = SlabPool.of(1, 4096);
        SlabPool.Ticket ticket = pool.ticket();
        Slab slab = ticket.take();
        Thread waiting = new Thread(() -> {
            try {
                ticket.take().release();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        waiting.start();
        Awaitility.await().until(() -> waiting.getState() == Thread.State.WAITING);
        waiting.interrupt();
        slab.release();
        Awaitility.await().untilAsserted(() -> assertThat(pool.outstanding()).isZero());
        ticket.take().release();
        ticket.close();
    }

    @Test
    void aSlabThatWasGivenBackFailsLoudlyAlsoWhenItsMemoryIsUsedAgain() throws Exception {
        SlabPool pool = SlabPool.of(1, 4096);
        SlabPool.Ticket ticket = pool.ticket();
        Slab slab = ticket.take();
        slab.release();
        Slab next = ticket.take();
        assertThat(pool.allocated()).isEqualTo(1);
        assertThatThrownBy(slab::buffer).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(slab::address).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(slab::retain).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(slab::release).isInstanceOf(IllegalStateException.class);
        slab.discard();
        assertThat(pool.outstanding()).isEqualTo(1);
        next.retain().release();
        next.discard();
        next.discard();
        assertThat(pool.outstanding()).isZero();
        ticket.close();
    }

    @Test
    void memoryIsAlignedAndFresh() throws Exception {
        SlabPool pool = SlabPool.of(3, 10_000);
        SlabPool.Ticket ticket = pool.ticket();
        for (int i = 0; i < 3; i++) {
            Slab slab = ticket.take();
            assertThat(slab.address() % 4096).isZero();
            assertThat(slab.buffer().capacity()).isEqualTo(10_000);
            slab.buffer().position(5).limit(7);
        }
        ticket.close();
    }

    @Test
    void tracesNameTheTaker() throws Exception {
        SlabPool pool = SlabPool.of(3, 4096).traced();
        SlabPool.Ticket ticket = pool.ticket();
        Slab slab = ticket.take();
        assertThat(pool.takers())
                .singleElement()
                .satisfies(taker -> assertThat(taker.getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals("tracesNameTheTaker")));
        slab.release();
        assertThat(pool.takers()).isEmpty();
        ticket.close();
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> SlabPool.of(0, 4096)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SlabPool.of(1, 100)).isInstanceOf(IllegalArgumentException.class);
        assertThat(SlabPool.ofBytes(1).count()).isEqualTo(1);
        assertThat(SlabPool.ofBytes(1 << 20).count()).isEqualTo(4);
    }

    @Test
    void filesInOrderAlwaysFinishWhateverThePoolAndTheThreads() throws Exception {
        for (int seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            SlabPool pool = SlabPool.of(random.nextInt(1, 9), 4096).traced();
            int files = 60;
            // each file needs some slabs; they are consumed strictly in order of files, as a sink does
            List<ConcurrentLinkedQueue<Slab>> read = new ArrayList<>();
            AtomicInteger[] left = new AtomicInteger[files];
            ExecutorService readers = Executors.newFixedThreadPool(random.nextInt(1, 8));
            for (int f = 0; f < files; f++) {
                int need = random.nextInt(6);
                ConcurrentLinkedQueue<Slab> queue = new ConcurrentLinkedQueue<>();
                read.add(queue);
                left[f] = new AtomicInteger(need);
                SlabPool.Ticket ticket = pool.ticket();
                readers.execute(() -> {
                    try (ticket) {
                        for (int i = 0; i < need; i++) {
                            queue.add(ticket.take());
                        }
                    } catch (InterruptedException stopped) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
            for (int f = 0; f < files; f++) {
                while (left[f].get() > 0) {
                    Slab slab = read.get(f).poll();
                    if (slab == null) {
                        Thread.onSpinWait();
                    } else {
                        slab.release();
                        left[f].decrementAndGet();
                    }
                }
            }
            readers.shutdown();
            assertThat(readers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            assertThat(pool.takers()).as("seed " + seed).isEmpty();
            assertThat(pool.outstanding()).isZero();
        }
    }

    /** Who waits with the head's ticket when it is closed must not stand in the way of the next one. */
    @RepeatedTest(50)
    void aTicketThatIsClosedUnderItsWaiterHoldsUpNobody() throws Exception {
        try (SlabPool two = SlabPool.of(2, 4096)) {
            SlabPool.Ticket head = two.ticket();
            SlabPool.Ticket next = two.ticket();
            Slab first = head.take();
            Slab second = head.take();
            CompletableFuture<Slab> given = new CompletableFuture<>();
            CompletableFuture<Throwable> refused = new CompletableFuture<>();
            CompletableFuture<Slab> served = new CompletableFuture<>();
            Thread closing = waiter(head, given, refused);
            Thread waiting = waiter(next, served, new CompletableFuture<>());
            while (closing.getState() != Thread.State.WAITING || waiting.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            head.close();
            first.release();
            served.get(50, TimeUnit.SECONDS).release();
            closing.join();
            assertThat(refused.isDone() || given.isDone()).isTrue();
            if (given.isDone()) {
                given.get().release();
            }
            second.release();
            assertThat(two.outstanding()).isZero();
            next.close();
        }
    }

    private static Thread waiter(
            SlabPool.Ticket ticket, CompletableFuture<Slab> given, CompletableFuture<Throwable> refused) {
        Thread thread = new Thread(() -> {
            try {
                given.complete(ticket.take());
            } catch (InterruptedException | IllegalStateException closed) {
                refused.complete(closed);
            }
        });
        thread.start();
        return thread;
    }
}
