package io.stripeline.fs.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Xattr;
import io.stripeline.posix.Errno;
import io.stripeline.posix.InodeFlags;
import io.stripeline.posix.PosixException;
import io.stripeline.read.PartialAttributesException;
import io.stripeline.read.XattrRoom;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one inode refuses is missed of that inode only; what the filesystem lacks is not asked of each. */
class InodeExtrasTest {
    private static final long DEVICE = 7;
    private static final XattrRoom ROOM = () -> {};
    private static final String ACL = "system.posix_acl_access";

    private final InodeExtras extras = new InodeExtras();
    private int calls;

    /** An inode with two attributes, a flag and a project, whose calls fail where told. */
    private final class Asked implements InodeCalls {
        private final Map<String, Integer> faults = new TreeMap<>();

        Asked fails(String call, int errno) {
            faults.put(call, errno);
            return this;
        }

        private void call(String call) {
            calls++;
            Integer errno = faults.get(call);
            if (errno != null) {
                throw new PosixException(call, errno, "fd 3");
            }
        }

        @Override
        public List<byte[]> names() {
            call("listxattr");
            return List.of(bytes("user.x"), bytes(ACL));
        }

        @Override
        public byte @Nullable [] value(byte[] name) {
            call("getxattr " + new String(name, StandardCharsets.US_ASCII));
            return bytes("value");
        }

        @Override
        public int flags() {
            call("flags");
            return InodeFlags.FS_NODUMP_FL;
        }

        @Override
        public int project() {
            call("project");
            return 5;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private Asked lacking(int errno) {
        return new Asked().fails("listxattr", errno).fails("flags", errno).fails("project", errno);
    }

    private Attributes ask(InodeCalls inode) {
        return extras.ofOpen(inode, DEVICE, ROOM);
    }

    private static List<String> names(Attributes attributes) {
        return attributes.xattrs().stream()
                .map(Xattr::name)
                .map(name -> new String(name, StandardCharsets.US_ASCII))
                .toList();
    }

    private void assertComplete(Attributes attributes) {
        assertThat(names(attributes)).containsExactly(ACL, "user.x");
        assertThat(attributes.flags()).isEqualTo(InodeFlags.FS_NODUMP_FL);
        assertThat(attributes.projectId()).isEqualTo(5);
    }

    private void assertPartial(InodeCalls inode, String cause, List<String> kept) {
        assertThatThrownBy(() -> ask(inode)).isInstanceOfSatisfying(PartialAttributesException.class, partial -> {
            assertThat(names(partial.kept())).isEqualTo(kept);
            assertThat(partial.kind()).isEqualTo(cause);
            assertThat(partial).hasMessageContaining(cause.substring(cause.lastIndexOf(' ') + 1));
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EINVAL, Errno.ENOTTY, Errno.ENOSYS, Errno.EOPNOTSUPP})
    void oneInodeWithoutAttributesIsNamedAndTheOthersKeepTheirs(int errno) {
        assertComplete(ask(new Asked()));
        for (int i = 0; i < 20; i++) {
            assertPartial(
                    new Asked().fails("listxattr", errno), "extended attributes: " + Errno.name(errno), List.of());
        }
        assertComplete(ask(new Asked()));
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EINVAL, Errno.ENOTTY, Errno.ENOSYS})
    void oneValueThatIsRefusedIsNamed(int errno) {
        assertPartial(
                new Asked().fails("getxattr user.x", errno), "extended attributes: " + Errno.name(errno), List.of(ACL));
    }

    @Test
    void aRefusedAclIsNamedAndANameThatOnlyListsItselfIsNot() {
        assertPartial(
                new Asked().fails("getxattr " + ACL, Errno.EOPNOTSUPP),
                "extended attributes: EOPNOTSUPP",
                List.of("user.x"));
        assertThat(names(ask(new Asked().fails("getxattr user.x", Errno.EOPNOTSUPP))))
                .containsExactly(ACL);
    }

    @Test
    void refusedFlagsAndProjectsAreNamedAndTheRestIsKept() {
        assertComplete(ask(new Asked()));
        assertPartial(new Asked().fails("flags", Errno.EINVAL), "flags: EINVAL", List.of(ACL, "user.x"));
        assertPartial(new Asked().fails("project", Errno.ENOSYS), "project id: ENOSYS", List.of(ACL, "user.x"));
        assertPartial(
                new Asked().fails("flags", Errno.EINVAL).fails("listxattr", Errno.EINVAL),
                "extended attributes: EINVAL",
                List.of());
        assertComplete(ask(new Asked()));
    }

    /** As on an overlayfs of which one layer has no flags. */
    @Test
    void aFileOfALayerWithoutFlagsHasNone() {
        assertComplete(ask(new Asked()));
        for (int i = 0; i < 20; i++) {
            Attributes below = ask(new Asked().fails("flags", Errno.ENOTTY).fails("project", Errno.ENOTTY));
            assertThat(names(below)).containsExactly(ACL, "user.x");
            assertThat(below.flags() | below.projectId()).isZero();
        }
        assertComplete(ask(new Asked()));
    }

    @Test
    void whatTheTopDirectoryLacksIsNotAskedOfAnInode() {
        extras.top(DEVICE, lacking(Errno.EOPNOTSUPP));
        int before = calls;
        assertThat(extras.needsOpen(DEVICE)).isFalse();
        assertThat(ask(new Asked())).isSameAs(Attributes.NONE);
        assertThat(calls).isEqualTo(before);
        assertComplete(extras.ofOpen(new Asked(), DEVICE + 1, ROOM));
    }

    @Test
    void whatTheTopDirectoryHasIsMissedOfTheFirstInode() {
        extras.top(DEVICE, new Asked());
        assertPartial(lacking(Errno.ENOSYS), "extended attributes: ENOSYS", List.of());
        assertComplete(ask(new Asked()));
    }

    @Test
    void withoutATopDirectorySeveralInodesInARowSayIt() {
        for (int i = 0; i < Abilities.INODES; i++) {
            assertThat(ask(lacking(Errno.EOPNOTSUPP))).isSameAs(Attributes.NONE);
        }
        int before = calls;
        for (int i = 0; i < 100; i++) {
            assertThat(ask(lacking(Errno.EOPNOTSUPP))).isSameAs(Attributes.NONE);
        }
        assertThat(calls).isEqualTo(before);
        assertThat(extras.needsOpen(DEVICE)).isFalse();
    }

    @Test
    void aFewInodesWithoutThemSayNothingOfTheFilesystem() {
        for (int i = 1; i < Abilities.INODES; i++) {
            assertThat(ask(lacking(Errno.ENOTTY))).isSameAs(Attributes.NONE);
        }
        assertComplete(ask(new Asked()));
        assertThat(extras.needsOpen(DEVICE)).isTrue();
    }

    @Test
    void aTopDirectoryThatAnswersEinvalToXattrsSaysNothing() {
        extras.top(DEVICE, lacking(Errno.EINVAL));
        assertPartial(new Asked().fails("listxattr", Errno.EINVAL), "extended attributes: EINVAL", List.of());
        assertThat(names(ask(new Asked()))).containsExactly(ACL, "user.x");
        assertThat(extras.needsOpen(DEVICE)).isFalse();
    }

    @Test
    void anInodeThatCannotBeReadFails() {
        assertThatThrownBy(() -> ask(new Asked().fails("flags", Errno.EIO))).hasMessageContaining("EIO");
        assertThatThrownBy(() -> ask(new Asked().fails("listxattr", Errno.EACCES)))
                .hasMessageContaining("EACCES");
        assertThatThrownBy(() -> ask(new Asked().fails("getxattr user.x", Errno.EIO)))
                .hasMessageContaining("EIO");
    }

    @Test
    void symlinksNeedNotHaveWhatFilesHave() {
        Asked symlink = lacking(Errno.EOPNOTSUPP);
        for (int i = 0; i < 2 * Abilities.INODES; i++) {
            assertThat(extras.xattrs(DEVICE, FileType.SYMLINK, ROOM, symlink::names, symlink::value))
                    .isSameAs(XattrSet.NONE);
        }
        assertComplete(ask(new Asked()));
        assertThat(extras.xattrs(DEVICE, FileType.SYMLINK, ROOM, symlink::names, symlink::value))
                .isSameAs(XattrSet.NONE);
    }
}
