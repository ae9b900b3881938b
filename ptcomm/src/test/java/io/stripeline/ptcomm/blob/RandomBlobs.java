package io.stripeline.ptcomm.blob;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.inode.Xattr;
import io.stripeline.layout.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Entries of every kind, ordinary and extreme. */
final class RandomBlobs {
    private static final long[] EXTREMES = {
        0,
        1,
        -1,
        23,
        24,
        255,
        256,
        65_535,
        65_536,
        0xFFFF_FFFFL,
        1L << 32,
        -(1L << 32) - 1,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };

    private final SplittableRandom random;

    RandomBlobs(SplittableRandom random) {
        this.random = random;
    }

    /** What most files are: a regular file of 2026 without attributes. */
    static EntryBlob plain(String path) {
        return new EntryBlob(
                RawPath.of(path),
                false,
                new Inode(
                        new InodeId(0, 0x2_0000_5A31L, 0x1_2345_0000_0001L),
                        0100644,
                        1,
                        20_017,
                        5_003,
                        1_234_567,
                        2_416,
                        0,
                        new Timestamp(1_795_000_111, 7_654_321),
                        new Timestamp(1_795_000_000, 123_456_789),
                        new Timestamp(1_795_000_003, 987_654_321),
                        new Timestamp(1_794_999_990, 111_111_111)),
                Attributes.NONE,
                null);
    }

    EntryBlob next() {
        return new EntryBlob(
                path(120),
                random.nextBoolean(),
                inode(),
                random.nextInt(4) == 0 ? Attributes.NONE : attributes(),
                random.nextInt(4) == 0 ? path(300) : null);
    }

    private Inode inode() {
        FileType type = FileType.values()[random.nextInt(FileType.values().length)];
        Timestamp mtime = time();
        return new Inode(
                new InodeId(0, number(), number()),
                type.bits() | random.nextInt(010000) | (random.nextInt(20) == 0 ? random.nextInt() << 16 : 0),
                (int) number(),
                (int) number(),
                (int) number(),
                number(),
                number(),
                number(),
                random.nextBoolean() ? mtime : time(),
                mtime,
                random.nextBoolean() ? mtime : time(),
                random.nextBoolean() ? Timestamp.EPOCH : time());
    }

    private Timestamp time() {
        long seconds = random.nextInt(3) == 0 ? number() : 1_795_000_000L + random.nextInt(100_000);
        return new Timestamp(seconds, random.nextBoolean() ? 0 : random.nextInt(1_000_000_000));
    }

    private long number() {
        int kind = random.nextInt(4);
        return kind == 0
                ? EXTREMES[random.nextInt(EXTREMES.length)]
                : kind == 1 ? random.nextLong() : random.nextLong() >>> random.nextInt(64);
    }

    private Attributes attributes() {
        List<Xattr> xattrs = new ArrayList<>();
        for (int left = random.nextInt(6); left > 0; left--) {
            xattrs.add(new Xattr(bytes(40), bytes(random.nextInt(20) == 0 ? 5_000 : 80)));
        }
        return new Attributes(
                bytes(60), xattrs, (int) number(), (int) number(), random.nextBoolean() ? layout() : null);
    }

    Layout layout() {
        return random.nextBoolean()
                ? new Layout.Striped(1 + random.nextInt(Integer.MAX_VALUE), 1 + random.nextInt(2_000), text())
                : new Layout.Opaque(text(), bytes(400));
    }

    private String text() {
        String[] texts = {"", "flash", "lustre.lov", "gr\u00fcn \ud83d\ude00", "a\0b", "x".repeat(30)};
        return texts[random.nextInt(texts.length)];
    }

    byte[] bytes(int below) {
        byte[] bytes = new byte[random.nextInt(below)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Absolute, of any bytes but NUL. */
    private RawPath path(int below) {
        byte[] bytes = new byte[1 + random.nextInt(below)];
        random.nextBytes(bytes);
        bytes[0] = '/';
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = bytes[i] == 0 ? 10 : bytes[i];
        }
        return RawPath.of(bytes);
    }
}
