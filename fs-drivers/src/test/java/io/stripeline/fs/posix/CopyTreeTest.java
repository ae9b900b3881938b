package io.stripeline.fs.posix;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.Volume;
import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Report;
import io.stripeline.read.Read;
import io.stripeline.read.ReadSpec;
import io.stripeline.scan.ScanSpec;
import io.stripeline.slab.SlabPool;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.DiskFacts;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.RandomTrees;
import io.stripeline.testkit.Seeds;
import io.stripeline.testkit.Tree;
import io.stripeline.write.RestorePlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** What is scanned, read and written again is what was there. */
@Timeout(120)
class CopyTreeTest {
    @TempDir
    Path work;

    static Report copy(Path from, Path to, RestorePlan plan, int slabs, int slabBytes) {
        try (Volume source = new PosixDriver().open(from);
                Volume target = new PosixDriver().open(to);
                SlabPool pool = SlabPool.of(slabs, slabBytes)) {
            Job reading = Job.start();
            Flux<Item> items = source.scan(ScanSpec.all(), reading)
                    .transform(Read.items(source.content(), pool, ReadSpec.standard(), Base.NONE, reading));
            Report report = target.writer().write(items, plan, Job.start()).block(Duration.ofSeconds(100));
            assertThat(report).isNotNull();
            assertThat(pool.outstanding()).isZero();
            return report;
        }
    }

    @Seeds(20)
    void aRandomTreeIsCopiedFieldByField(SplittableRandom random) throws Exception {
        Path from = Files.createDirectories(work.resolve("from"));
        Path to = Files.createDirectories(work.resolve("to"));
        Tree tree = RandomTrees.of(random, 60);
        DiskTree.create(from, tree);

        Report report =
                copy(from, to, RestorePlan.same().devices(true), 1 + random.nextInt(40), 4096 << random.nextInt(7));

        assertThat(report.problems()).isEmpty();
        DiskFacts.of(from).assertSame(DiskFacts.of(to));
    }

    /** The slab of the first extent must be sent before the one of the second, behind the hole, is waited for. */
    @Test
    void aSmallSparseFileIsCopiedThroughASingleSlab() throws Exception {
        Path from = Files.createDirectories(work.resolve("from"));
        Path to = Files.createDirectories(work.resolve("to"));
        Content content = Content.random(1, 4096).then(Content.hole(4096)).then(Content.random(2, 4096));
        DiskTree.create(from, Tree.root(Tree.file("sparse", content)));

        Report report = copy(from, to, RestorePlan.same(), 1, 4096);

        assertThat(report.problems()).isEmpty();
        DiskFacts.of(from).assertSame(DiskFacts.of(to));
    }
}
