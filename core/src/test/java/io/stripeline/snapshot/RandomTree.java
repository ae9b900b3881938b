package io.stripeline.snapshot;

import io.stripeline.FileSystemId;
import io.stripeline.Shard;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.inode.Xattr;
import io.stripeline.layout.Layout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/** Trees of rows made from a seed, and the plain way to write them. */
final class RandomTree {
    /** One row as a test knows it. The device of its inode is its filesystem number. */
    record Sample(Entry entry, RowState state, Content content) {}

    private final Random random;
    private final BlobSink blobs;
    private long nextInode = 2;
    /** No attributes for rows to come, for tests of many rows. */
    boolean plain;

    final TreeMap<RawPath, Sample> rows = new TreeMap<>();

    RandomTree(long seed, BlobSink blobs, int size) {
        this.random = new Random(seed);
        this.blobs = blobs;
        Dir root = Dir.root();
        put(new Sample(
                new Entry(root, new byte[0], inode(FileType.DIRECTORY), Attributes.NONE), state(), Content.NONE));
        List<Dir> dirs = new ArrayList<>(List.of(root));
        while (rows.size() < size) {
            Dir dir = dirs.get(random.nextInt(dirs.size()));
            boolean directory = random.nextInt(6) == 0;
            Sample sample = sample(dir, name(), directory ? FileType.DIRECTORY : kind());
            if (!rows.containsKey(sample.entry.path())) {
                put(sample);
                if (directory) {
                    dirs.add(dir.child(sample.entry.name()));
                }
            }
        }
    }

    private void put(Sample sample) {
        rows.put(sample.entry.path(), sample);
    }

    Sample sample(Dir dir, byte[] name, FileType type) {
        boolean regular = type == FileType.REGULAR;
        return new Sample(
                new Entry(dir, name, inode(type), attributes(type)), state(), regular ? content() : Content.NONE);
    }

    /** Changes, adds and removes some rows. */
    void mutate(int changes) {
        for (int i = 0; i < changes; i++) {
            List<RawPath> paths = new ArrayList<>(rows.keySet());
            RawPath path = paths.get(random.nextInt(paths.size()));
            Sample old = rows.get(path);
            switch (random.nextInt(3)) {
                case 0 -> {
                    if (!path.isRoot()) {
                        rows.keySet().removeIf(path::contains);
                    }
                }
                case 1 -> {
                    if (!path.isRoot()) {
                        Sample fresh = sample(
                                old.entry.dir(),
                                old.entry.name(),
                                old.entry.inode().type());
                        put(fresh);
                    }
                }
                default -> {
                    if (old.entry.inode().isDirectory()) {
                        Dir dir = path.isRoot() ? Dir.root() : old.entry.dir().child(old.entry.name());
                        Sample fresh = sample(dir, name(), kind());
                        rows.putIfAbsent(fresh.entry.path(), fresh);
                    }
                }
            }
        }
    }

    private FileType kind() {
        FileType[] all = FileType.values();
        FileType type = random.nextInt(4) > 0 ? FileType.REGULAR : all[random.nextInt(all.length)];
        return type == FileType.DIRECTORY ? FileType.REGULAR : type;
    }

    byte[] name() {
        int length = random.nextInt(20) == 0 ? 255 : 1 + random.nextInt(12);
        byte[] name = new byte[length];
        boolean plain = random.nextBoolean();
        for (int i = 0; i < length; i++) {
            do {
                name[i] = (byte) (plain ? 'a' + random.nextInt(4) : random.nextInt(256));
            } while (name[i] == 0 || name[i] == '/');
        }
        return name;
    }

    private Timestamp time() {
        long seconds = random.nextInt(10) == 0 ? random.nextLong() >> 20 : 1_700_000_000L + random.nextInt(10_000_000);
        return new Timestamp(seconds, random.nextInt(1_000_000_000));
    }

    Inode inode(FileType type) {
        Timestamp mtime = time();
        return new Inode(
                new InodeId(
                        random.nextInt(30) == 0 ? 1 : 0, random.nextInt(3) == 0 ? random.nextLong() : 0, nextInode++),
                type.bits() | random.nextInt(010000),
                1 + random.nextInt(3),
                random.nextInt(9) == 0 ? -2 : random.nextInt(2000),
                random.nextInt(2000),
                random.nextInt(10) == 0 ? random.nextLong() >>> 1 : random.nextInt(100_000),
                random.nextInt(1000),
                type == FileType.CHARACTER_DEVICE ? random.nextLong() : 0,
                mtime,
                mtime,
                random.nextBoolean() ? mtime : time(),
                random.nextBoolean() ? Timestamp.EPOCH : time());
    }

    private byte[] bytes(int length) {
        byte[] out = new byte[length];
        random.nextBytes(out);
        return out;
    }

    private Attributes attributes(FileType type) {
        if (plain) {
            return Attributes.NONE;
        }
        byte[] link = type == FileType.SYMLINK ? bytes(random.nextInt(10) == 0 ? 5000 : 30) : new byte[0];
        List<Xattr> xattrs = new ArrayList<>();
        if (random.nextInt(5) == 0) {
            for (int i = random.nextInt(4); i >= 0; i--) {
                xattrs.add(
                        new Xattr(("user." + i).getBytes(), bytes(random.nextInt(8) == 0 ? 9000 : random.nextInt(50))));
            }
            if (rows.size() < 1000 && random.nextInt(20) == 0) {
                for (int i = 0; i < 200; i++) {
                    xattrs.add(new Xattr(("user.many" + i).getBytes(), bytes(3000)));
                }
            }
        }
        Layout layout = switch (random.nextInt(8)) {
            case 0 -> new Layout.Striped(1 << 20, 1 + random.nextInt(9), random.nextBoolean() ? "" : "flash");
            case 1 -> new Layout.Opaque("lustre.lov", bytes(random.nextInt(10) == 0 ? 6000 : 80));
            default -> null;
        };
        int flags = random.nextInt(10) == 0 ? random.nextInt() : 0;
        return new Attributes(link, xattrs, flags, random.nextInt(10) == 0 ? random.nextInt() : 0, layout);
    }

    private RowState state() {
        return RowState.of(RowState.Kept.values()[random.nextInt(3)], random.nextBoolean());
    }

    Content content() {
        switch (random.nextInt(6)) {
            case 0:
                return Content.NONE;
            case 1:
                return Content.hole(1 + random.nextInt(100_000));
            case 2:
                return Content.slice(MemoryBlobs.id(bytes(8)), random.nextInt(1000), 1 + random.nextInt(1000));
            case 3:
                ChunkListWriter list = new ChunkListWriter(blobs);
                for (int i = random.nextInt(40); i >= 0; i--) {
                    if (random.nextInt(5) == 0) {
                        list.hole(1 + random.nextInt(1 << 20));
                    } else {
                        list.chunk(MemoryBlobs.id(bytes(8)), 1 + random.nextInt(1 << 20));
                    }
                }
                return list.finish();
            default:
                return Content.inline(bytes(512), 0, random.nextInt(513));
        }
    }

    static SnapshotReader write(
            Collection<Sample> rows, MemoryBlobs blobs, Path temporary, long memoryBytes, Random order) {
        List<Sample> shuffled = new ArrayList<>(rows);
        Collections.shuffle(shuffled, order);
        try (SnapshotWriter writer = new SnapshotWriter(
                blobs,
                temporary,
                SnapshotWriter.Options.defaults().memoryBytes(memoryBytes).atime(true))) {
            for (Sample sample : shuffled) {
                writer.add(sample.entry, (int) sample.entry.inode().id().device(), sample.state, sample.content);
            }
            return SnapshotReader.open(blobs, root(writer.counts(), writer.write()));
        }
    }

    static SnapshotRoot root(Counts counts, Tables... tables) {
        return new SnapshotRoot(
                "stripeline 0",
                "host",
                "user",
                "fake",
                List.of(FileSystemId.of(new byte[] {1}), FileSystemId.of(new byte[] {2, 3})),
                RawPath.of("/data"),
                new Timestamp(5, 6),
                new Timestamp(7, 8),
                "set-1",
                Shard.ALL,
                List.of("tag"),
                List.of(),
                true,
                false,
                false,
                List.of("parent"),
                counts,
                List.of(tables));
    }

    static ByteBuffer buffer(String text) {
        return ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
