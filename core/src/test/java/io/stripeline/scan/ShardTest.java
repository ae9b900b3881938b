package io.stripeline.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.Shard;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.RawPath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShardTest {
    @TempDir
    Path temp;

    @ParameterizedTest
    @EnumSource(Shard.By.class)
    void shardsAreAPartition(Shard.By by) throws Exception {
        for (long seed = 1; seed <= 2; seed++) {
            Path root = Files.createDirectory(temp.resolve("tree" + seed));
            DiskFixture disk = new DiskFixture(root, seed, 1000);
            for (int n : new int[] {1, 2, 7}) {
                TreeMap<RawPath, Integer> union = new TreeMap<>();
                Map<RawPath, Integer> shardOfDirectory = new HashMap<>();
                for (int i = 1; i <= n; i++) {
                    ScanSpec spec = ScanSpec.all().workers(3).shard(new Shard(i, n, by));
                    List<InodeBatch> batches = DiskFixture.walk(DiskFixture.tree(root), spec, Limits.ofProcess());
                    for (Map.Entry<RawPath, Integer> row :
                            DiskFixture.found(batches).entrySet()) {
                        assertThat(union.put(row.getKey(), row.getValue()))
                                .as("seed %d, %d/%d, %s", seed, i, n, row.getKey())
                                .isNull();
                        if (by == Shard.By.SUBTREE && !row.getKey().isRoot()) {
                            Integer other = shardOfDirectory.put(row.getKey().parent(), i);
                            assertThat(other == null || other == i)
                                    .as("no directory is shared")
                                    .isTrue();
                        }
                    }
                }
                assertThat(union).as("seed %d, n %d", seed, n).isEqualTo(disk.expected);
            }
        }
    }

    @Test
    void allNamesOfAnInodeAreInOneHashShard() throws Exception {
        Path file = Files.createFile(temp.resolve("file"));
        for (int i = 0; i < 20; i++) {
            Path dir = Files.createDirectory(temp.resolve("d" + i));
            Files.createLink(dir.resolve("link"), file);
        }
        int holders = 0;
        for (int i = 1; i <= 5; i++) {
            ScanSpec spec = ScanSpec.all().shard(new Shard(i, 5, Shard.By.HASH));
            long links = DiskFixture.paths(DiskFixture.walk(DiskFixture.tree(temp), spec, Limits.ofProcess())).stream()
                    .filter(path -> path.endsWith("link") || path.equals("file"))
                    .count();
            assertThat(links).isIn(0L, 21L);
            holders += links == 21 ? 1 : 0;
        }
        assertThat(holders).isEqualTo(1);
    }

    /** Shards of one backup run on several hosts, and of several releases: these values must never change. */
    @Test
    void theFunctionsAreFixed() {
        long home = ShardRule.childHash(ShardRule.rootHash(), "home".getBytes(StandardCharsets.UTF_8));
        long user = ShardRule.childHash(home, "user".getBytes(StandardCharsets.UTF_8));
        int[] byHash = new int[7];
        for (int i = 1; i <= 7; i++) {
            ShardRule rule = new ShardRule(new Shard(i, 7, Shard.By.HASH));
            for (long ino = 0; ino < 70_000; ino++) {
                byHash[i - 1] += rule.ownsInode(ino) ? 1 : 0;
            }
        }
        assertThat(java.util.Arrays.stream(byHash).boxed())
                .as("even")
                .allMatch(count -> Math.abs(count - 10_000) < 400);
        assertThat(Long.toHexString(home) + " " + Long.toHexString(user) + " " + owner(12345))
                .isEqualTo("8ac04ed05f5bc592 43d7dc2b325e1b8e 1");
    }

    private static int owner(long ino) {
        for (int i = 1; i <= 16; i++) {
            if (new ShardRule(new Shard(i, 16, Shard.By.HASH)).ownsInode(ino)) {
                return i;
            }
        }
        throw new AssertionError("nobody owns " + ino);
    }
}
