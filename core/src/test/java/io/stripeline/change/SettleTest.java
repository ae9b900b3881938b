package io.stripeline.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.read.Read;
import io.stripeline.read.ReadSpec;
import io.stripeline.scan.ScanSpec;
import io.stripeline.slab.SlabPool;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.FakeVolume;
import io.stripeline.testkit.Slabs;
import io.stripeline.testkit.Tree;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** What settling does beside what the contract of sources asks: errors, cancels, composition with the reader. */
@Timeout(60)
class SettleTest {
    private static final Duration LONG = Duration.ofSeconds(50);

    @TempDir
    Path spill;

    private final FakeVolume volume = FakeVolume.of(Tree.root(
            Tree.dir("d", Tree.file("one", 3), Tree.file("two", 3)), Tree.file("f", 5), Tree.file("gone", 1)));
    private final ChangeSource source = volume.tellChanges();
    private final Cursor from = source.now();
    private final Job job = Job.start();

    private Flux<InodeBatch> rows(ChangeSource asked) {
        return Settle.changes(
                source.since(from, source.now()),
                asked,
                Past.NONE,
                spill,
                settled -> settled.rows(volume, ScanSpec.all(), job));
    }

    @Test
    void goneNamesAndReadFilesMakeOneStream() {
        volume.write("f", Content.of("new"));
        volume.remove("gone");
        volume.rename("d", "e");
        SlabPool slabs = Slabs.pool(4, 4096);
        List<String> items = new ArrayList<>();
        Settle.changes(
                        source.since(from, source.now()),
                        source,
                        Past.NONE,
                        spill,
                        settled -> Flux.concat(
                                settled.gone(volume, ScanSpec.all(), job),
                                settled.rows(volume, ScanSpec.all(), job)
                                        .transform(Read.items(
                                                volume.content(),
                                                slabs,
                                                ReadSpec.of(volume.capabilities()),
                                                settled.base(Base.NONE),
                                                job))))
                .doOnNext(item -> {
                    if (item instanceof Item.Data data) {
                        data.slab().release();
                    } else if (item instanceof Item.Begin begin) {
                        items.add("+" + begin.entry().path());
                    } else if (item instanceof Item.Gone gone) {
                        items.add("-" + gone.path());
                    }
                })
                .blockLast(LONG);
        assertThat(items)
                .containsExactlyInAnyOrder("-gone", "-d", "-d/one", "-d/two", "+.", "+f", "+e", "+e/one", "+e/two");
        assertThat(items.subList(0, 2)).containsExactlyInAnyOrder("-gone", "-d");
        assertThat(job.progress().get(Counter.SCANNED)).isEqualTo(5);
    }

    @Test
    void aMillionTimesTheSameIsOneRow() {
        InodeId id = source.inode(RawPath.of("f")).id();
        Flux<Change> many = Flux.range(0, 1_000_000).map(i -> new Change.Touched(id));
        List<InodeBatch> batches = Settle.changes(
                        many, source, Past.NONE, spill, settled -> settled.rows(volume, ScanSpec.all(), job))
                .collectList()
                .block(LONG);
        assertThat(batches).hasSize(1);
        assertThat(batches.get(0).size()).isEqualTo(1);
    }

    @Test
    void whatCannotBeLookedAtIsAFailureOfTheRows() {
        volume.write("f", Content.of("x"));
        volume.write("d/one", Content.of("y"));
        List<InodeBatch> batches = rows(new Failing(source, "f", () -> {
                    throw new PosixException("lookup", Errno.EIO, "f");
                }))
                .collectList()
                .block(LONG);
        assertThat(batches.stream().flatMap(batch -> batch.failures().stream()))
                .singleElement()
                .satisfies(failure -> assertThat(failure.path()).isEqualTo(RawPath.of("f")));
        assertThat(batches.stream()
                        .flatMap(batch -> IntStream.range(0, batch.size()).mapToObj(batch::path)))
                .containsExactly(RawPath.of("d/one"));
    }

    @Test
    void aSourceThatCannotBeAskedEndsTheStream() {
        Flux<Change> broken =
                Flux.concat(source.since(from, source.now()), Flux.error(new IllegalStateException("no answer")));
        StepVerifier.create(Settle.changes(
                        broken, source, Past.NONE, spill, settled -> settled.rows(volume, ScanSpec.all(), job)))
                .expectErrorMessage("no answer")
                .verify(LONG);
    }

    @Test
    void anErrorEndsTheStream() {
        volume.write("f", Content.of("x"));
        ChangeSource broken = new Failing(source, "f", () -> {
            throw new NoClassDefFoundError("not linked");
        });
        StepVerifier.create(rows(broken))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(IllegalStateException.class)
                        .hasRootCauseInstanceOf(NoClassDefFoundError.class))
                .verify(LONG);
    }

    @Test
    void aSinkThatTakesNothingHoldsItUpAndACancelEndsIt() {
        List<Tree> files =
                IntStream.range(0, 5000).mapToObj(i -> Tree.file("n" + i, 1)).toList();
        volume.add("", Tree.dir("many").children(files));
        volume.tellChanges();
        StepVerifier.create(rows(source), 0)
                .thenRequest(1)
                .expectNextCount(1)
                .thenCancel()
                .verify(LONG);
        StepVerifier.create(rows(source), 0).thenCancel().verify(LONG);
    }

    @Test
    void aCursorThatIsDamagedIsRefused() {
        byte[] bytes = from.toBytes();
        assertThat(Cursor.fromBytes(bytes)).isEqualTo(from);
        assertThatThrownBy(() -> Cursor.fromBytes(new byte[0])).hasMessageContaining("no cursor");
        assertThatThrownBy(() -> Cursor.fromBytes(new byte[] {120, 1, 2})).hasMessageContaining("no cursor");
        assertThatThrownBy(() -> Cursor.fromBytes(new byte[] {-1, 1, 2, 3, 4, 5, 6}))
                .hasMessageContaining("no cursor");
    }

    /** A source that cannot look at one path. */
    private record Failing(ChangeSource inner, String path, Runnable fault) implements ChangeSource {
        @Override
        public Cursor now() {
            return inner.now();
        }

        @Override
        public Flux<Change> since(Cursor from, Cursor until) {
            return inner.since(from, until);
        }

        @Override
        public void acknowledge(Cursor oldest) {
            inner.acknowledge(oldest);
        }

        @Override
        public @Nullable Inode inode(RawPath asked) {
            if (asked.toString().equals(path)) {
                fault.run();
            }
            return inner.inode(asked);
        }

        @Override
        public List<RawPath> paths(InodeId inode) {
            return inner.paths(inode);
        }
    }
}
