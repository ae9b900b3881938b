package io.stripeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShardsTest {
    private static final String ANSWER = """
            Entering SQL query mode.
            +-------+-------+-------+
            | jobid | level | name  |
            +-------+-------+-------+
            |    99 | F     | two   |
            | 1,101 | F     | one-1 |
            | 1,102 | I     | one-1 |
            +-------+-------+-------+
            """;

    /** A console that keeps what it is told, and answers. */
    private static String console(Path directory, String answer, int status) throws Exception {
        Path script = directory.resolve("console");
        Files.writeString(
                script,
                "#!/bin/sh\ncat > '" + directory + "/told'\ncat <<'END'\n" + answer + "END\nexit " + status + "\n");
        return "sh " + script;
    }

    @Test
    void theQueryIsForTheConsole() {
        Spoken spoken = Spoken.run("shards", "one-1", "two");
        assertThat(spoken.code()).as(spoken.toString()).isEqualTo(ExitCode.DONE);
        assertThat(spoken.out())
                .startsWith("sqlquery\nSELECT J.JobId, J.Level, J.Name FROM Job J")
                .contains("J.Name IN ('one-1','two')")
                .endsWith(";\n\nquit\n");
    }

    @Test
    void theConsolesAnswerBecomesTheRestore(@TempDir Path directory) throws Exception {
        Spoken spoken = Spoken.run("shards", "one-1", "two", "--console", console(directory, ANSWER, 0));
        assertThat(spoken.out()).as(spoken.toString()).isEqualTo("restore jobid=99,1101,1102 all done\n");
        assertThat(directory.resolve("told"))
                .content()
                .startsWith("sqlquery\nSELECT")
                .endsWith("quit\n");
    }

    @Test
    void aShardThatIsMissingIsNoWhole(@TempDir Path directory) throws Exception {
        Spoken spoken = Spoken.run("shards", "one-1", "two", "three", "--console", console(directory, ANSWER, 0));
        assertThat(spoken.code()).isEqualTo(ExitCode.FATAL);
        assertThat(spoken.out()).isEmpty();
        assertThat(spoken.err()).contains("no full backup of three").contains("Entering SQL query mode");
    }

    @Test
    void aConsoleThatFailsIsShown(@TempDir Path directory) throws Exception {
        Spoken spoken = Spoken.run("shards", "two", "--console", console(directory, "no Director\n", 1));
        assertThat(spoken.code()).isEqualTo(ExitCode.FATAL);
        assertThat(spoken.err()).contains("ended with status 1").contains("no Director");
    }

    @Test
    void whatIsNoNameNeverGetsIntoTheQuery() {
        Spoken spoken = Spoken.run("shards", "one'; drop table Job; --");
        assertThat(spoken.code()).isEqualTo(ExitCode.FATAL);
        assertThat(spoken.err()).contains("is no name of a job");
        assertThat(spoken.out()).isEmpty();
    }
}
