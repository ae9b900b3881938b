package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.testkit.Ext4Image;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Large, many, and in parts. */
final class SizesIT {
    private static BaculaLab lab;

    @BeforeAll
    static void up() throws Exception {
        lab = BaculaLab.up();
    }

    @Test
    void holesCrossNothing() throws Exception {
        Path tree = lab.tree("holes");
        try (RandomAccessFile file = new RandomAccessFile(tree.resolve("sparse").toFile(), "rw")) {
            file.setLength(6L << 30);
            file.seek(3L << 30);
            file.write(new byte[] {1, 2, 3});
        }
        lab.define("holes", "stripeline: path=" + tree);
        JobResult full = lab.run("holes", "Full").good();
        assertThat(full.bytes()).isLessThan(10L << 20);
        Path target = lab.target("holes");
        lab.restore(List.of(full.id()), "where=" + target).good();
        Path copy = Path.of(target + "" + tree.resolve("sparse"));
        assertThat(Files.size(copy)).isEqualTo(6L << 30);
        assertThat(((Number) Files.getAttribute(copy, "unix:nlink")).intValue()).isEqualTo(1);
        try (RandomAccessFile file = new RandomAccessFile(copy.toFile(), "r")) {
            file.seek(3L << 30);
            assertThat(file.read()).isEqualTo(1);
        }
        assertThat(blocks(copy) * 512).isLessThan(10L << 20);
    }

    /** A stock plugin knows no holes: their zeros go to the volume, and become holes again. */
    @Test
    void holesAreZerosWithoutOurExtension() throws Exception {
        Path tree = lab.tree("zeros");
        try (RandomAccessFile file = new RandomAccessFile(tree.resolve("sparse").toFile(), "rw")) {
            file.setLength(200L << 20);
            file.seek(100L << 20);
            file.write(new byte[] {1, 2, 3});
        }
        lab.define("zeros", "stripeline: path=" + tree + " slx=off");
        JobResult full = lab.run("zeros", "Full").good();
        assertThat(full.bytes()).isGreaterThanOrEqualTo(200L << 20);
        Path target = lab.target("zeros");
        lab.restore(List.of(full.id()), "where=" + target).good();
        Path copy = Path.of(target + "" + tree.resolve("sparse"));
        lab.assertAlike(tree, Path.of(target + "" + tree));
        assertThat(Files.size(copy)).isEqualTo(200L << 20);
        try (RandomAccessFile file = new RandomAccessFile(copy.toFile(), "r")) {
            file.seek(100L << 20);
            assertThat(file.read()).isEqualTo(1);
        }
        assertThat(blocks(copy) * 512).isLessThan(10L << 20);
    }

    private static long blocks(Path file) throws Exception {
        return Long.parseLong(
                lab.run(List.of("stat", "-c", "%b", file.toString()), "").strip());
    }

    /** More than a record of Bacula takes; on a filesystem that has room for them. */
    @Test
    void aMebibyteOfExtendedAttributes() throws Exception {
        Path place = lab.tree("xattrs");
        Path image = lab.target("xattrs-image").resolve("ext4");
        try (Ext4Image ext4 = Ext4Image.withLongXattrs(image, lab.seenByDaemons(place))) {
            Path tree = place.resolve("tree");
            Path file = Files.createDirectory(ext4.mount().resolve("tree")).resolve("file");
            Files.writeString(file, "content");
            byte[] value = new byte[65536];
            for (int i = 0; i < 16; i++) {
                new Random(i).nextBytes(value);
                Files.setAttribute(file, "user:large" + i, value);
            }
            lab.define("xattrs", "stripeline: path=" + tree);
            JobResult full = lab.run("xattrs", "Full").good();
            lab.restore(List.of(full.id()), "where=" + place.resolve("out")).good();
            lab.assertSame(tree, Path.of(place.resolve("out") + "" + tree));
        }
    }

    /** Four jobs at the same time, each with a backend; one backend puts together what they saved. */
    @Test
    void fourShardsAreTheTree() throws Exception {
        Path tree = lab.tree("shards");
        lab.script("mktree", tree.toString(), "2000");
        for (int shard = 1; shard <= 4; shard++) {
            lab.define("shard" + shard, "stripeline: path=" + tree + " shard=" + shard + "/4");
        }
        List<Integer> jobs = new ArrayList<>();
        List<String> names = new ArrayList<>();
        lab.watched().meet(4);
        try {
            for (int shard = 1; shard <= 4; shard++) {
                jobs.add(lab.start("shard" + shard, "Full"));
            }
            for (int job : jobs) {
                lab.end(job).good();
                names.addAll(lab.names(job, tree));
                assertThat(lab.watched().started(job)).isEqualTo(1);
            }
        } finally {
            lab.watched().plain();
        }
        assertThat(names).doesNotHaveDuplicates();
        String ids = jobs.stream().map(String::valueOf).collect(Collectors.joining(","));
        assertThat(lab.sql("select max(StartTime) <= min(EndTime) from Job where JobId in (" + ids + ")"))
                .isEqualToIgnoringWhitespace("t");
        assertThat(lab.shards(List.of("shard4", "shard1", "shard3", "shard2")))
                .isEqualTo("restore jobid="
                        + jobs.stream().sorted().map(String::valueOf).collect(Collectors.joining(",")) + " all done\n");
        Path target = lab.target("shards");
        JobResult restored = lab.restore(jobs, "where=" + target).good();
        assertThat(lab.watched().started(restored.id())).isEqualTo(1);
        lab.assertSame(tree, Path.of(target + "" + tree));
    }

    @Test
    void aHundredThousandSmallFiles() throws Exception {
        Path tree = lab.tree("many");
        lab.script("mktree", tree.toString(), "100000");
        lab.define("many", "stripeline: path=" + tree);
        JobResult full = lab.run("many", "Full").good();
        Path target = lab.target("many");
        lab.restore(List.of(full.id()), "where=" + target).good();
        lab.assertSame(tree, Path.of(target + "" + tree));
    }
}
