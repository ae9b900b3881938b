package io.stripeline.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinkFileTest {
    @TempDir
    Path directory;

    private static Names.First first(String path) {
        int hash = path.hashCode();
        Version version =
                new Version(1L << 40 | hash & 0xFFFF, new Timestamp(-hash, 7), new Timestamp(hash, 999_999_999));
        return new Names.First(RawPath.of(path), version);
    }

    @Test
    void behavesAsAMapThatGrowsAndForgets() throws IOException {
        SplittableRandom random = new SplittableRandom(11);
        Map<InodeId, String> model = new HashMap<>();
        try (LinkFile file = LinkFile.open(directory)) {
            for (int i = 0; i < 120_000; i++) {
                InodeId id = new InodeId(random.nextInt(2), random.nextInt(3), random.nextInt(60_000));
                Names found = file.remove(id);
                String expected = model.remove(id);
                if (expected == null) {
                    assertThat(found).isNull();
                } else {
                    assertThat(found.first()).isEqualTo(first(expected));
                    assertThat(found.planned).isEqualTo(expected.length());
                }
                if (random.nextInt(3) > 0) {
                    String path = "p/" + "x".repeat(random.nextInt(10)) + i;
                    file.put(id, path.length(), first(path), -1);
                    model.put(id, path);
                }
                assertThat(file.size()).isEqualTo(model.size());
            }
            assertThat(model.size()).isGreaterThan(40_000);
            for (Map.Entry<InodeId, String> one : model.entrySet()) {
                assertThat(file.remove(one.getKey()).first()).isEqualTo(first(one.getValue()));
            }
            assertThat(file.size()).isZero();
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aPathIsKeptOnceHoweverOftenItsInodeComesBack() throws IOException {
        InodeId id = new InodeId(1, 2, 3);
        try (LinkFile file = LinkFile.open(directory)) {
            file.put(id, 1, first("a/b"), -1);
            for (int i = 2; i < 100; i++) {
                Names names = file.remove(id);
                assertThat(names.spilledAt).isZero();
                file.put(id, i, names.first(), names.spilledAt);
            }
            Names names = file.remove(id);
            assertThat(names.planned).isEqualTo(99);
            assertThat(names.first()).isEqualTo(first("a/b"));
        }
    }
}
