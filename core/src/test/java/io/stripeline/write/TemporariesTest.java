package io.stripeline.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Job;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.slab.Slab;
import io.stripeline.slab.SlabPool;
import io.stripeline.testkit.Slabs;
import io.stripeline.write.RestorePlan.Overwrite;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two names of one hash, in one directory, at the same time. */
class TemporariesTest {
    private static final String ONE = "HTPj3dIuRhC";
    private static final String OTHER = "kYnfHVL6ayP";

    private final Setter setter = new Setter(new Losses(Job.start(), false));

    @TempDir
    Path work;

    private static Inode inode(String content) {
        return new Items().inode(FileType.REGULAR, content.length());
    }

    private static FileTarget open(TargetDirs dirs, String name) {
        Entry entry = new Entry(Dir.root(), Items.bytes(name), inode(name), Attributes.NONE);
        return FileTarget.open(dirs, entry, RawPath.of(name), Overwrite.ALWAYS);
    }

    private static void write(FileTarget file, String content) throws InterruptedException {
        try (SlabPool.Ticket ticket = Slabs.pool(1, 4096).ticket()) {
            Slab slab = ticket.take();
            slab.buffer().clear().put(Items.bytes(content)).flip();
            file.write(slab, 0);
            slab.release();
        }
    }

    @Test
    void eachHasItsOwnUntilItIsGivenBack() {
        Temporaries temporaries = new Temporaries();
        byte[] first = temporaries.take(Dir.root(), Items.bytes(ONE), 0);
        byte[] second = temporaries.take(Dir.root(), Items.bytes(OTHER), 0);
        assertThat(second).isNotEqualTo(first);
        assertThat(temporaries.take(Dir.root().child(Items.bytes("d")), Items.bytes(OTHER), 0))
                .isEqualTo(first);
        temporaries.giveBack(Dir.root(), first);
        assertThat(temporaries.take(Dir.root(), Items.bytes(OTHER), 0)).isEqualTo(first);
    }

    @Test
    void bothFilesGetTheirOwnContent() throws Exception {
        try (Fd root = Fd.openat(
                        Fcntl.AT_FDCWD,
                        work.toString().getBytes(StandardCharsets.UTF_8),
                        Fcntl.O_RDONLY | Fcntl.O_DIRECTORY,
                        0);
                TargetDirs dirs = new TargetDirs(root, true, new Temporaries(), dir -> {})) {
            for (int round = 0; round < 2; round++) {
                try (FileTarget one = open(dirs, ONE);
                        FileTarget other = open(dirs, OTHER)) {
                    write(one, ONE);
                    write(other, OTHER);
                    assertThat(one.finish(setter, inode(ONE), Attributes.NONE)).isTrue();
                    assertThat(other.finish(setter, inode(OTHER), Attributes.NONE))
                            .isTrue();
                }
                assertThatAllIsThere();
            }
        }
    }

    private void assertThatAllIsThere() throws IOException {
        assertThat(work.resolve(ONE)).hasContent(ONE);
        assertThat(work.resolve(OTHER)).hasContent(OTHER);
        try (Stream<Path> names = Files.list(work)) {
            assertThat(names).hasSize(2);
        }
    }
}
