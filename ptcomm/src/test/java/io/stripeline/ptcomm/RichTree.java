package io.stripeline.ptcomm;

import io.stripeline.inode.FileType;
import io.stripeline.posix.Processes;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.Tree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A tree with one of everything that a backup must bring through the protocol. */
final class RichTree {
    /** Ends in a piece that is no multiple of anything. */
    static final long BIG_BYTES = (5 << 19) + 17;

    static final long SPARSE_BYTES = 9 << 20;

    private RichTree() {}

    static Tree tree() {
        List<Tree> all = new ArrayList<>(List.of(
                Tree.file("empty", 0),
                Tree.file("small", Content.of("hello world")).mode(0640),
                Tree.file("big", Content.random(7, BIG_BYTES)).mtime(1_600_000_000, 7),
                Tree.file(
                        "sparse",
                        Content.hole(SPARSE_BYTES - 8192)
                                .then(Content.of("in the middle"))
                                .then(Content.hole(8192 - 13))),
                Tree.hole("onlyhole", 3 << 20),
                Tree.dir("d", Tree.file("x", 10), Tree.dir("e").mode(0700), Tree.dir("blank at end "))
                        .mtime(-5, 0),
                Tree.symlink("link", "small"),
                Tree.symlink("dangling", "no/where "),
                Tree.hardLink("small2", "small"),
                Tree.fifo("fifo"),
                Tree.socket("socket"),
                Tree.file("blank ", Content.of("b")),
                Tree.file("back\\slash\t", Content.of("t")),
                Tree.file("back\\slash\\x09", Content.of("x")),
                Tree.file("new\nline\n", Content.of("n")),
                Tree.file(new byte[] {(byte) 0xff, (byte) 0xfe}, Content.of("f")),
                Tree.file("n".repeat(255), Content.of("long")),
                Tree.file("xattr", Content.of("a")).xattr("user.note", "n1".getBytes(StandardCharsets.US_ASCII))));
        if (Processes.isRoot()) {
            all.add(Tree.file("owned", Content.of("o")).owner(-2, 0x9000_0000));
            all.add(Tree.file("suid", Content.of("s")).mode(04755));
            all.add(Tree.device("null", FileType.CHARACTER_DEVICE, 0x103));
        }
        return Tree.root(all);
    }
}
