package io.stripeline.bench.jmh;

import io.stripeline.inode.Dir;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.Timestamp;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** Rows that look like those of a scan: one directory, names of 20 bytes, regular files of up to 128 KiB. */
final class Rows {
    private Rows() {}

    static InodeBatch batch(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        InodeBatch batch = new InodeBatch();
        Dir dir = Dir.root().child("set00042".getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < InodeBatch.CAPACITY; i++) {
            batch.add(dir, name(seed, i), inode(random, seed * InodeBatch.CAPACITY + i));
        }
        return batch;
    }

    static byte[] name(long seed, int i) {
        return String.format("set_%06d_%05x.dat", i, seed & 0xfffff).getBytes(StandardCharsets.UTF_8);
    }

    private static Inode inode(SplittableRandom random, long number) {
        Timestamp time = new Timestamp(1_700_000_000L + random.nextInt(30_000_000), random.nextInt(1_000_000_000));
        long size = random.nextInt(128 << 10);
        return new Inode(
                new InodeId(0xfe00, 0, 10_000_000 + number),
                0100644,
                1,
                1000,
                1000,
                size,
                (size + 4095) / 4096 * 8,
                0,
                time,
                time,
                time,
                time);
    }
}
