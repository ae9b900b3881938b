package io.stripeline.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Problem;
import io.stripeline.flow.Problems;
import io.stripeline.inode.RawPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProblemLogTest {
    private final List<String> said = new ArrayList<>();

    @TempDir
    private Path directory;

    private static Problem problem(int i, String cause) {
        return new Problem(RawPath.of("d/f" + i), Problem.Severity.ERROR, cause, "open d/f" + i + ": EACCES");
    }

    @Test
    @SuppressWarnings("try") // closed before its file is read; the second close does nothing
    void aHundredOfACauseAreSaidTheRestIsInAFile() throws IOException {
        try (ProblemLog log = new ProblemLog(directory, said::add)) {
            Problems problems = new Problems(log);
            for (int i = 0; i < 250; i++) {
                problems.add(problem(i, "open: EACCES"));
            }
            problems.add(problem(999, "read: EIO"));
            log.close();
            assertThat(said).hasSize(101).contains("error: open d/f99: EACCES", "error: open d/f999: EACCES");
            assertThat(log.file()).isNotNull();
            assertThat(Files.readAllLines(log.file()))
                    .hasSize(150)
                    .startsWith("error: open d/f100: EACCES")
                    .endsWith("error: open d/f249: EACCES");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log.file())))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void noFileWhereAHundredAreEnough() throws IOException {
        try (ProblemLog log = new ProblemLog(directory, said::add)) {
            for (int i = 0; i < Problems.KEPT_PER_CAUSE; i++) {
                log.accept(problem(i, "open: EACCES"));
            }
            assertThat(log.file()).isNull();
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aFileThatCannotBeMadeIsToldOnce() {
        try (ProblemLog log = new ProblemLog(directory.resolve("missing"), said::add)) {
            for (int i = 0; i < 110; i++) {
                log.accept(problem(i, "open: EACCES"));
            }
        }
        assertThat(said).hasSize(101).last().asString().contains("only counted");
    }

    @Test
    void aMessageWithoutItsPathGetsIt() {
        Problem bare = new Problem(RawPath.of("a/b"), Problem.Severity.WARNING, "owner", "owner was not set");
        assertThat(ProblemLog.line(bare)).isEqualTo("warning: a/b: owner was not set");
    }
}
