package io.stripeline.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.flow.Job;
import io.stripeline.flow.Report;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Xattr;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.Namespace;
import io.stripeline.posix.Posix;
import io.stripeline.posix.Processes;
import io.stripeline.posix.StatxBuffer;
import io.stripeline.testkit.DiskFacts;
import io.stripeline.testkit.TreeFacts;
import io.stripeline.write.RestorePlan.Overwrite;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever owns the target directory puts another inode of his under a temporary, after it was made. */
class ReplacedTemporaryTest {
    private static final Attributes TRUSTED =
            new Attributes(Items.bytes("to"), List.of(new Xattr(Items.bytes("trusted.x"), new byte[] {1})), 0, 0, null);

    private final Job job = Job.start();
    private final Setter setter = new Setter(new Losses(job, false));

    @TempDir
    Path work;

    private Fd open(int flags, Path path) {
        return Fd.openat(Fcntl.AT_FDCWD, path.toString().getBytes(StandardCharsets.UTF_8), flags, 0);
    }

    private static void make(int dirfd, FileType type, byte[] name) {
        if (type == FileType.SYMLINK) {
            Namespace.symlinkat(Items.bytes("to"), dirfd, name);
        } else {
            Namespace.mknodat(dirfd, name, type.bits() | 0600, 0);
        }
    }

    private void replace(String name) throws Exception {
        Files.move(work.resolve(name), work.resolve("moved"));
        Files.createFile(work.resolve(name));
    }

    @ParameterizedTest
    @EnumSource(names = {"SYMLINK", "FIFO", "SOCKET"})
    void attributesGoToTheInodeThatWasMade(FileType type) throws Exception {
        boolean root = Processes.isRoot();
        Items of = new Items().mode(type == FileType.SYMLINK ? 0777 : 0640);
        Inode inode = (root ? of.owner(12) : of).inode(type, 0);
        try (Fd dir = open(Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, work)) {
            make(dir.number(), type, Items.bytes("made"));
        }
        try (Fd made = open(Fcntl.O_PATH | Fcntl.O_NOFOLLOW, work.resolve("made"))) {
            replace("made");
            TreeFacts.Fact before = DiskFacts.of(work).get("made");

            setter.byPath(made.number(), RawPath.of("made"), inode, root ? TRUSTED : Attributes.NONE, false);

            assertThat(DiskFacts.of(work).get("made"))
                    .usingRecursiveComparison()
                    .isEqualTo(before);
        }
        TreeFacts.Fact moved = DiskFacts.of(work).get("moved");
        assertThat(moved.mode()).isEqualTo(inode.permissions());
        assertThat(moved.mtime()).isEqualTo(Items.TIME);
        assertThat(moved.uid()).isEqualTo(inode.uid());
        assertThat(moved.xattrs()).hasSize(root ? 1 : 0);
        assertThat(Report.of("", job).problems().toString()).doesNotContain("xattr");
    }

    @Test
    void whatTookItsPlaceGetsNoName() throws Exception {
        Entry entry = new Entry(Dir.root(), Items.bytes("p"), new Items().inode(FileType.FIFO, 0), Attributes.NONE);
        try (Fd dir = open(Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, work);
                NewName name = new NewName(dir.number(), entry, new Temporaries(), Overwrite.ALWAYS)) {
            name.make(under -> make(dir.number(), FileType.FIFO, under));
            StatxBuffer stat = new StatxBuffer();
            Posix.statx(dir.number(), name.temporary(), StatxBuffer.BASIC_STATS, stat);
            InodeKey key = InodeKey.of(stat);
            name.expect(key);
            replace(new String(name.temporary(), StandardCharsets.US_ASCII));
            assertThatThrownBy(() -> name.expect(key))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("replaced");
        }
    }
}
