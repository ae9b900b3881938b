package io.stripeline.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stripeline.flow.Report;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Xattr;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.Xattrs;
import io.stripeline.testkit.DiskFacts;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The group of a file with an ACL has what its entry says, never what the mask says. */
class RestoreAclTest {
    private static final byte[] ACCESS = Items.bytes("system.posix_acl_access");
    private static final int USER_OBJ = 0x01;
    private static final int USER = 0x02;
    private static final int GROUP_OBJ = 0x04;
    private static final int MASK = 0x10;
    private static final int OTHER = 0x20;
    private static final int NOBODY = -1;

    @TempDir
    Path work;

    /** acl(5) as linux/posix_acl_xattr.h has it: triples of tag, permissions and id. */
    private static byte[] acl(int... entries) {
        ByteBuffer out = ByteBuffer.allocate(4 + entries.length / 3 * 8).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(2);
        for (int i = 0; i < entries.length; i += 3) {
            out.putShort((short) entries[i]).putShort((short) entries[i + 1]).putInt(entries[i + 2]);
        }
        return out.array();
    }

    private static Attributes with(byte[] acl) {
        return new Attributes(new byte[0], List.of(new Xattr(ACCESS, acl)), 0, 0, null);
    }

    private static byte[] good() {
        return acl(USER_OBJ, 6, NOBODY, USER, 6, 12, GROUP_OBJ, 0, NOBODY, MASK, 6, NOBODY, OTHER, 0, NOBODY);
    }

    /** One that every filesystem refuses: it has two owners. */
    private static byte[] refused() {
        return acl(USER_OBJ, 6, NOBODY, USER_OBJ, 6, NOBODY, GROUP_OBJ, 4, NOBODY, MASK, 6, NOBODY, OTHER, 0, NOBODY);
    }

    private Fd open(Path path) {
        return Fd.openat(Fcntl.AT_FDCWD, path.toString().getBytes(StandardCharsets.UTF_8), Fcntl.O_RDONLY, 0);
    }

    private void set(Path path, byte[] acl) {
        try (Fd fd = open(path)) {
            Xattrs.set(fd.number(), ACCESS, acl);
        } catch (PosixException failed) {
            assumeTrue(failed.errno() != Errno.EOPNOTSUPP, "no ACLs on the filesystem of temporary files");
            throw failed;
        }
    }

    @Test
    void anAclThatCannotBeSetLeavesTheGroupWithItsOwn() {
        Items items = new Items()
                .mode(0660)
                .with(with(refused()))
                .file("f", "x")
                .node("p", FileType.FIFO)
                .mode(0770)
                .dir("d");

        Report report = new Target(work, true).restore(items);

        assertThat(report.problems().toString()).contains("xattr system.*");
        assertThat(DiskFacts.of(work).get("f").mode()).isEqualTo(0640);
        assertThat(DiskFacts.of(work).get("p").mode()).isEqualTo(0640);
        assertThat(DiskFacts.of(work).get("d").mode()).isEqualTo(0740);
    }

    @Test
    void theMaskComesBackWithTheAcl() throws Exception {
        set(Files.createFile(work.resolve("probe")), good());
        Items items = new Items().mode(0660).with(with(good())).file("f", "x").node("p", FileType.FIFO);

        assertThat(new Target(work, true).restore(items).problems()).isEmpty();

        assertThat(DiskFacts.of(work).get("f").mode()).isEqualTo(0660);
        assertThat(DiskFacts.of(work).get("p").mode()).isEqualTo(0660);
        try (Fd fd = open(work.resolve("f"))) {
            assertThat(Xattrs.get(fd.number(), ACCESS)).isEqualTo(good());
        }
    }

    @Test
    void whatIsDroppedGivesTheGroupNothing() throws Exception {
        Path file = Files.createFile(work.resolve("f"));
        Path directory = Files.createDirectory(work.resolve("d"));
        for (Path path : List.of(file, directory)) {
            set(path, good());
            try (Fd fd = open(path)) {
                Acls.dropInherited(fd.number(), Attributes.NONE, path == directory);
                assertThat(Xattrs.get(fd.number(), ACCESS)).isNull();
            }
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .endsWith("------");
        }
    }
}
