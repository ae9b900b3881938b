package io.stripeline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.Volume;
import io.stripeline.flow.Job;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.Timestamp;
import io.stripeline.scan.ScanSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** The fake keeps the contract, and a fake that breaks it is found out. */
class FakeVolumeTest extends VolumeContract {
    @Override
    protected Volume volume(Tree tree) {
        return FakeVolume.of(tree).batchRows(100).shuffled(3).mostPerRead(5_000);
    }

    @Override
    protected TreeFacts facts(Volume volume) {
        return fake(volume).facts();
    }

    @Override
    protected void replace(Volume volume, String path, Tree node) {
        fake(volume).replace(path, node);
    }

    @Override
    protected void remove(Volume volume, String path) {
        fake(volume).remove(path);
    }

    private static FakeVolume fake(Volume volume) {
        return volume instanceof Broken broken ? (FakeVolume) broken.volume.inner() : (FakeVolume) volume;
    }

    @Test
    void twoChangesWithinATickCarryTheSameTime() {
        FakeVolume volume = FakeVolume.of(Tree.root(Tree.file("f", 1))).tick(Duration.ofMillis(4));
        volume.now(new Timestamp(1_700_000_000, 5_000_000)).write("f", Content.of("a"));
        Timestamp first = volume.facts().get("f").mtime();
        volume.now(new Timestamp(1_700_000_000, 7_000_000)).write("f", Content.of("b"));
        assertThat(volume.facts().get("f").mtime()).isEqualTo(first);
        volume.now(new Timestamp(1_700_000_000, 8_000_000)).write("f", Content.of("c"));
        assertThat(volume.facts().get("f").mtime()).isNotEqualTo(first);
    }

    /** A volume with one thing wrong. */
    private abstract static class Broken implements Volume {
        final FaultyVolume volume;

        Broken(Volume inner) {
            volume = new FaultyVolume(inner, new Faults());
        }

        @Override
        public String kind() {
            return volume.kind();
        }

        @Override
        public java.nio.file.Path root() {
            return volume.root();
        }

        @Override
        public io.stripeline.FileSystemId fileSystemId() {
            return volume.fileSystemId();
        }

        @Override
        public io.stripeline.FileSystemId fileSystemId(long device) {
            return volume.fileSystemId(device);
        }

        @Override
        public io.stripeline.Capabilities capabilities() {
            return volume.capabilities();
        }

        @Override
        public io.stripeline.read.ContentSource content() {
            return volume.content();
        }

        @Override
        public io.stripeline.write.TreeWriter writer() {
            return volume.writer();
        }

        @Override
        public void close() {
            volume.close();
        }
    }

    static class LosesABatch extends FakeVolumeTest {
        @Override
        protected Volume volume(Tree tree) {
            return new Broken(FakeVolume.of(tree).batchRows(3)) {
                @Override
                public Flux<InodeBatch> scan(ScanSpec spec, Job job) {
                    return volume.scan(spec, job).skipLast(1);
                }
            };
        }
    }

    static class GivesTwice extends FakeVolumeTest {
        @Override
        protected Volume volume(Tree tree) {
            return new Broken(FakeVolume.of(tree)) {
                @Override
                public Flux<InodeBatch> scan(ScanSpec spec, Job job) {
                    return volume.scan(spec, job).concatMapIterable(batch -> List.of(batch, batch), 1);
                }
            };
        }
    }

    static class IgnoresTheSpec extends FakeVolumeTest {
        @Override
        protected Volume volume(Tree tree) {
            return new Broken(FakeVolume.of(tree)) {
                @Override
                public Flux<InodeBatch> scan(ScanSpec spec, Job job) {
                    return volume.scan(ScanSpec.all(), job);
                }
            };
        }
    }

    @Test
    void aBrokenVolumeFailsTheContract() {
        if (getClass() != FakeVolumeTest.class) {
            return; // a broken one is run by this test
        }
        assertThat(RunClass.run(LosesABatch.class).failed())
                .anyMatch(line -> line.startsWith("aScanGivesEveryNameOnce"))
                .anyMatch(line -> line.startsWith("whatIsWrittenIsWhatWasRead"));
        assertThat(RunClass.run(GivesTwice.class).failed())
                .anyMatch(line -> line.startsWith("aScanGivesEveryNameOnce") && line.contains("twice"));
        assertThat(RunClass.run(IgnoresTheSpec.class).failed())
                .anyMatch(line -> line.startsWith("patternsSelectAndPrune"))
                .anyMatch(line -> line.startsWith("skippedIdentitiesAreNotEntered"))
                .anyMatch(line -> line.contains("HASH"));
    }
}
