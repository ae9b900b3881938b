package io.stripeline.fs.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stripeline.flow.Report;
import io.stripeline.inode.FileType;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.InodeFlags;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.Processes;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.DiskFacts;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Tree;
import io.stripeline.write.RestorePlan;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Names, kinds and attributes that copies get wrong, copied field by field, and copied over themselves again. */
@Timeout(120)
class HostileTreeTest {
    /** A POSIX ACL as the kernel holds it: version 2, then tag, permissions and id each. */
    private static final byte[] ACL = {
        2, 0, 0, 0, 1, 0, 7, 0, -1, -1, -1, -1, 2, 0, 4, 0, 57, 48, 0, 0, 4, 0, 5, 0, -1, -1, -1, -1, 16, 0, 5, 0, -1,
        -1, -1, -1, 32, 0, 4, 0, -1, -1, -1, -1
    };

    @TempDir
    Path work;

    private Path from;
    private Path to;

    @BeforeEach
    void makeDirectories() throws Exception {
        from = Files.createDirectories(work.resolve("from"));
        to = Files.createDirectories(work.resolve("to"));
    }

    @AfterEach
    void clear() {
        DiskTree.clear(from); // what a temporary directory's own removal cannot: flags, depth
        DiskTree.clear(to);
    }

    private void assertCopies(int times) {
        for (int i = 0; i < times; i++) {
            Report report = CopyTreeTest.copy(from, to, RestorePlan.same().devices(true), 3, 64 << 10);
            assertThat(report.problems()).isEmpty();
            DiskFacts.of(from).assertSame(DiskFacts.of(to));
        }
    }

    @Test
    void namesKindsAndTimes() {
        Tree deep = Tree.file("deepest", 5);
        for (int i = 0; i < 40; i++) {
            deep = Tree.dir("n".repeat(198) + (char) ('a' + i % 20) + " ", deep);
        }
        DiskTree.create(
                from,
                Tree.root(
                        deep,
                        Tree.dir("a", Tree.file("b", 1)).mode(0500),
                        Tree.file("a-b", 2).mode(0),
                        Tree.dir("a b ", Tree.file("trailing ", 3)),
                        Tree.file("two\nlines", 70_000).mode(0400).xattr("user.x", new byte[3000]),
                        Tree.file(new byte[] {(byte) 0xff, (byte) 0xfe, '\r'}, Content.of("odd")),
                        Tree.file("x".repeat(255), 10),
                        Tree.hole("hole", 6L << 30),
                        Tree.file(
                                "sparse",
                                Content.hole(5L << 30)
                                        .then(Content.random(1, 100_001))
                                        .then(Content.hole(1 << 20))
                                        .then(Content.random(2, 7))),
                        Tree.file("old", 1).mtime(-1_000_000_000, 999_999_999),
                        Tree.file("late", 1).mtime(5_000_000_000L, 1),
                        Tree.dir("past").mtime(-5, 5),
                        Tree.symlink("s", "a".repeat(4000)).mtime(-7, 0),
                        Tree.fifo("fifo").mode(0),
                        Tree.socket("socket"),
                        Tree.file("g", 9).mode(06711),
                        Tree.dir("sticky").mode(03777),
                        Tree.hardLink("past/g", "g"),
                        Tree.hardLink("h", "g"),
                        Tree.hardLink("s2", "s"),
                        Tree.hardLink("fifo2", "fifo")));
        assertCopies(2);
    }

    @Test
    void aclsAreThoseOfTheEntriesAlone() {
        try {
            DiskTree.create(
                    from,
                    Tree.root(
                            Tree.dir("with", Tree.file("plain", 3), Tree.dir("below"))
                                    .mode(0754)
                                    .xattr("system.posix_acl_default", ACL),
                            Tree.file("f", 1).mode(0754).xattr("system.posix_acl_access", ACL)));
        } catch (PosixException none) {
            assumeTrue(false, "no ACLs on the filesystem of temporary files: " + none.getMessage());
        }
        DiskTree.create(to, Tree.root().xattr("system.posix_acl_default", ACL));
        assertCopies(2);
    }

    @Test
    void whatOnlyRootCanMake() {
        assumeTrue(Processes.isRoot(), "devices, flags and owners need root");
        int immutable = InodeFlags.FS_IMMUTABLE_FL;
        DiskTree.create(
                from,
                Tree.root(
                        Tree.device("null", FileType.CHARACTER_DEVICE, 0x103).owner(5, 6),
                        Tree.device("block", FileType.BLOCK_DEVICE, 0x700),
                        Tree.hardLink("null2", "null"),
                        Tree.file("nobody", 3).owner(-2, -2).mode(06755),
                        Tree.dir("owned", Tree.symlink("s", "t").owner(7, 8)).owner(9, 10),
                        Tree.file("trusted", 3).xattr("trusted.x", new byte[] {1, 0})));
        try {
            DiskTree.add(from, "", Tree.file("fixed", 5).flags(immutable | InodeFlags.FS_NODUMP_FL));
            DiskTree.add(from, "", Tree.file("log", 100_000).flags(InodeFlags.FS_APPEND_FL));
            DiskTree.add(from, "", Tree.dir("shut", Tree.file("in", 5)).flags(immutable));
        } catch (PosixException none) {
            System.out.println("SKIPPED flags: " + none.getMessage());
        }
        assertCopies(3);
    }

    @Test
    void anImmutableFileKeepsItsOtherNames() throws Exception {
        assumeTrue(Processes.isRoot(), "flags need root");
        DiskTree.create(from, Tree.root(Tree.file("f", 5), Tree.dir("d")));
        Files.createLink(from.resolve("d/g"), from.resolve("f"));
        try (Fd fd = Fd.openat(
                Fcntl.AT_FDCWD, from.resolve("f").toString().getBytes(StandardCharsets.UTF_8), Fcntl.O_RDONLY, 0)) {
            InodeFlags.set(fd.number(), InodeFlags.get(fd.number()) | InodeFlags.FS_IMMUTABLE_FL);
        } catch (PosixException none) {
            assumeTrue(false, "no flags on the filesystem of temporary files: " + none.getMessage());
        }
        assertCopies(2);
    }
}
