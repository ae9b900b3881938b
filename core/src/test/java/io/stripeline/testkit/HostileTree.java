package io.stripeline.testkit;

import io.stripeline.inode.FileType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A tree of everything that backups trip over: names, kinds, sizes, holes, times, links, modes. */
public final class HostileTree {
    private static final int[] SIZES = {1, 511, 512, 513, 4095, 4096, 4097, 65_535, 65_536, 65_537, 262_145, 3_145_735};

    private HostileTree() {}

    /** What any user can make on any Linux filesystem of today. */
    public static Tree ofAnyUser() {
        return Tree.root(anyUser());
    }

    /** The same, and what takes root: foreign owners, devices, flags, privileged xattrs; project ids if wanted. */
    public static Tree ofRoot(boolean projects) {
        List<Tree> all = new ArrayList<>(anyUser());
        all.add(Tree.file("owner", 4096).owner(-2, -2));
        all.add(Tree.file("owner2", 4095).owner(1234, 5678).mode(06755));
        all.add(Tree.symlink("owned link", "x").owner(99, 98));
        all.add(Tree.device("null", FileType.CHARACTER_DEVICE, 1 << 8 | 3).mode(0666));
        all.add(Tree.device("disk", FileType.BLOCK_DEVICE, 259L << 8 | 0xFF).mode(0660));
        all.add(Tree.file("nodump", 2).flags(0x40));
        all.add(Tree.file("append", 2).flags(0x20));
        all.add(Tree.file("immutable", 2).flags(0x10));
        all.add(Tree.dir("immutable dir", Tree.file("in", 2)).flags(0x10));
        all.add(Tree.file("trusted", 2).xattr("trusted.t", bytes("v")));
        all.add(Tree.file("security", 2).xattr("security.s", bytes("v")));
        all.add(Tree.symlink("trusted link", "x").xattr("trusted.l", bytes("v")));
        if (projects) {
            all.add(Tree.file("project", 3).project(42));
            all.add(Tree.dir("project dir", Tree.file("in", 2).project(43)).project(43));
        }
        return Tree.root(all);
    }

    private static List<Tree> anyUser() {
        List<Tree> all = new ArrayList<>();
        for (byte[] name : names()) {
            all.add(Tree.file(name, Content.of(name)));
        }
        for (int size : SIZES) {
            all.add(Tree.file("size" + size, size));
        }
        all.add(Tree.dir("a", Tree.file("b", 1)));
        all.add(Tree.file("a-b", 1));
        all.add(Tree.dir("a.d", Tree.file("x", 1)));
        all.add(Tree.dir("empty dir "));
        all.add(Tree.file("empty", 0));
        all.add(Tree.file("zeros", Content.of(new byte[300_000])));
        all.add(Tree.hole("hole of 6 GiB", 6L << 30));
        all.add(Tree.file(
                "sparse",
                Content.hole(1 << 20)
                        .then(Content.random(1, 5_000))
                        .then(Content.hole(5L << 30))
                        .then(Content.random(2, 20_000))
                        .then(Content.hole(1 << 20))));
        all.add(Tree.dir("links", Tree.file("first", 1_000), Tree.hardLink("second", "links/first")));
        all.add(Tree.hardLink("0 far", "links/first"));
        all.add(Tree.hardLink("zz far", "links/first"));
        all.add(Tree.symlink("out", "../../etc/passwd"));
        all.add(Tree.symlink(bytes("dangling"), new byte[] {'/', 'n', '/', (byte) 0xFF}));
        all.add(Tree.symlink("long", "x".repeat(4_000)));
        all.add(Tree.fifo("fifo"));
        all.add(Tree.socket("socket"));
        all.add(Tree.file("before 1970", 1).mtime(-5, 123_456_789));
        all.add(Tree.file("after 2100", 1).mtime(4_102_444_800L, 999_999_999));
        all.add(Tree.file("set ids", 1).mode(06711));
        all.add(Tree.file("unreadable to others", 1).mode(0400));
        all.add(Tree.dir("sticky").mode(01777));
        all.add(Tree.dir(
                        "read only",
                        Tree.dir("below", Tree.file("x", 1)).mode(0555).mtime(1_000_000_000, 5))
                .mode(0555));
        all.add(Tree.file("xattrs", 1).xattr("user.empty", new byte[0]).xattr("user.b", new byte[] {0, (byte) 0xFF}));
        all.add(Tree.dir("xattr dir").xattr("user.d", bytes("d")));
        all.add(deep(40));
        return all;
    }

    /** 40 levels of 200 bytes: twice PATH_MAX. */
    private static Tree deep(int levels) {
        Tree below = Tree.dir("bottom", Tree.file("f", 10), Tree.symlink("s", "t"), Tree.fifo("p"));
        for (int i = 0; i < levels; i++) {
            below = Tree.dir("d".repeat(200), below, Tree.file("f" + i, i));
        }
        return below;
    }

    private static List<byte[]> names() {
        List<byte[]> out = new ArrayList<>();
        for (String name : List.of(
                "trail ",
                "trail\t",
                "trail\n",
                "two\nlines",
                "-rf",
                "*?[a]",
                "a\\x20",
                "\u0001ctl",
                "\"quote'",
                ".hidden",
                "...",
                "$(x)",
                " lead",
                "caf\u00e9",
                "cafe\u0301",
                "n".repeat(255))) {
            out.add(bytes(name));
        }
        out.add(new byte[] {(byte) 0xFF, (byte) 0xFE, ' ', 'b', 'a', 'd'});
        return out;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
