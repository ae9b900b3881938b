package io.stripeline.fs.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.Processes;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Tree;
import io.stripeline.write.RestorePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A restore into a filesystem that is too small ends with a clear error and no half file under a real name. */
@Timeout(60)
class FullTargetTest {
    private static final int FILE_BYTES = 100_000;

    @TempDir
    Path work;

    private Path target;
    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        assumeTrue(Processes.isRoot(), "only root can mount a small filesystem");
        target = Files.createDirectory(work.resolve("small"));
        mounted = run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", target.toString()) == 0;
        assumeTrue(mounted, "tmpfs cannot be mounted here");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", target.toString())).isZero();
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void endsWithTheReasonAndLeavesWholeFilesOnly() throws Exception {
        List<Tree> files = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            files.add(Tree.file("f" + i, Content.random(i, FILE_BYTES)));
        }
        Path from = Files.createDirectory(work.resolve("from"));
        DiskTree.create(from, Tree.root(files));

        assertThatThrownBy(() -> CopyTreeTest.copy(from, target, RestorePlan.same(), 8, 64 << 10))
                .isInstanceOfSatisfying(PosixException.class, failed -> {
                    assertThat(failed.errno()).isEqualTo(Errno.ENOSPC);
                    assertThat(failed.path()).startsWith("f");
                });

        try (Stream<Path> left = Files.list(target)) {
            assertThat(left).isNotEmpty().allSatisfy(file -> {
                assertThat(file.getFileName().toString()).startsWith("f");
                assertThat(file).hasSize(FILE_BYTES);
                assertThat(Files.mismatch(file, from.resolve(file.getFileName())))
                        .isEqualTo(-1);
            });
        }
    }
}
