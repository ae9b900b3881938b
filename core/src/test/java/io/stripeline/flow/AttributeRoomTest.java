package io.stripeline.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.Timestamp;
import io.stripeline.inode.Xattr;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@Timeout(60)
class AttributeRoomTest {
    private static final Timestamp TIME = new Timestamp(1, 2);
    private static final Inode INODE =
            new Inode(new InodeId(1, 0, 2), FileType.DIRECTORY.bits(), 2, 0, 0, 0, 0, 0, TIME, TIME, TIME, TIME);

    private final AttributeRoom room = new AttributeRoom();

    private static Attributes attributes(int values, int bytes) {
        List<Xattr> xattrs = IntStream.range(0, values)
                .mapToObj(i -> new Xattr(new byte[] {(byte) (i >> 8), (byte) i}, new byte[bytes]))
                .toList();
        return new Attributes(new byte[0], xattrs, 0, 0, null);
    }

    private static Item.Begin begin(Attributes attributes) {
        return new Item.Begin(new Entry(Dir.root(), new byte[] {'d'}, INODE, attributes));
    }

    /** Started where its thread waits already, or will: what it gives is decided by the room alone. */
    private CompletableFuture<AttributeRoom.Hold> takeLater(long bytes) {
        return CompletableFuture.supplyAsync(() -> room.take(bytes), task -> new Thread(task).start());
    }

    @Test
    void aSetThatIsLargeWaitsForTheOthers() throws Exception {
        AttributeRoom.Hold first = room.take(AttributeRoom.MOST_BYTES);
        AttributeRoom.Hold second = room.take(AttributeRoom.MOST_BYTES);
        CompletableFuture<AttributeRoom.Hold> third = takeLater(AttributeRoom.MOST_BYTES);
        assertThat(room.heldBytes()).isEqualTo(2L * AttributeRoom.MOST_BYTES);
        assertThat(third.isDone()).isFalse();
        first.release();
        first.release();
        third.get(50, TimeUnit.SECONDS).release();
        assertThat(room.heldBytes()).isEqualTo(AttributeRoom.MOST_BYTES);
        second.release();
        assertThat(room.heldBytes()).isZero();
    }

    @Test
    void moreThanTheRoomIsAllOfIt() throws Exception {
        AttributeRoom.Hold all = room.take(Long.MAX_VALUE);
        CompletableFuture<AttributeRoom.Hold> one = takeLater(1);
        assertThat(one.isDone()).isFalse();
        all.release();
        one.get(50, TimeUnit.SECONDS).release();
        assertThat(room.heldBytes()).isZero();
    }

    @Test
    void aCloseLetsThroughWhoWaits() throws Exception {
        room.take(Long.MAX_VALUE);
        CompletableFuture<AttributeRoom.Hold> waiting = takeLater(1);
        room.close();
        assertThat(waiting.get(50, TimeUnit.SECONDS)).isSameAs(AttributeRoom.Hold.NONE);
        assertThat(room.take(1)).isSameAs(AttributeRoom.Hold.NONE);
    }

    @Test
    void anInterruptTakesNothing() throws Exception {
        AttributeRoom.Hold all = room.take(Long.MAX_VALUE);
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                room.take(1);
                flag.complete(false);
            } catch (CancellationException interrupted) {
                flag.complete(Thread.currentThread().isInterrupted());
            }
        });
        thread.start();
        thread.interrupt();
        assertThat(flag.get(50, TimeUnit.SECONDS)).isTrue();
        all.release();
        assertThat(room.heldBytes()).isZero();
    }

    @Test
    void onlyItemsWithManyAttributesTakeRoom() {
        for (Item light : List.of(
                begin(attributes(10, 1000)),
                new Item.Amend(attributes(10, 1000)),
                new Item.End(INODE, Outcome.OK, true),
                new Item.Hole(0, 1L << 40))) {
            assertThat(room.enter(light)).isSameAs(light);
        }
        assertThat(room.heldBytes()).isZero();

        // a thousand short ones weigh what their objects take, not what their values have
        for (Item large : List.of(begin(attributes(2, 40_000)), new Item.Amend(attributes(1000, 1)))) {
            Item entered = room.enter(large);
            assertThat(room.heldBytes()).isBetween(70_000L, 90_000L);
            entered.release();
            assertThat(room.heldBytes()).isZero();
        }
    }

    @Test
    void whatAnOperatorDropsIsGivenBack() throws ExecutionException, InterruptedException {
        Attributes large = attributes(40, 64 << 10);
        Flux<Item> items = Flux.range(0, 100)
                .<Item>map(i -> i % 2 == 0 ? begin(large) : new Item.Amend(large))
                .map(room::enter)
                .filter(item -> false);
        Pipelines.run(items, dropped -> dropped.then(Mono.just(Report.of("", Job.start()))))
                .toFuture()
                .get();
        assertThat(room.heldBytes()).isZero();
    }
}
