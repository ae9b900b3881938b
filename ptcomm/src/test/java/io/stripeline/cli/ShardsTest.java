package io.stripeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                "#!/bin/sh\necho \"$*\" >'" + directory + "/options'\ncat > '" + directory + "/told'\ncat <<'END'\n"
                        + answer + "END\nexit " + status + "\n");
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

    /** It answers while it is told, more than a pipe holds of either. */
    @Test
    @Timeout(60)
    void thousandsOfShardsHangNeither(@TempDir Path directory) throws Exception {
        Path script = directory.resolve("console");
        StringBuilder answer = new StringBuilder();
        List<String> words = new ArrayList<>(List.of("shards", "--console", "sh " + script));
        for (int i = 1; i <= 4000; i++) {
            String name = "shard-of-a-name-that-is-rather-long-" + i;
            words.add(name);
            answer.append("| ").append(i).append(" | F | ").append(name).append(" |\n");
        }
        Files.writeString(directory.resolve("answer"), answer);
        Files.writeString(script, "cat; cat '" + directory + "/answer'\n");
        Spoken spoken = Spoken.run(words.toArray());
        assertThat(spoken.code()).as(spoken.toString()).isEqualTo(ExitCode.DONE);
        assertThat(spoken.out()).startsWith("restore jobid=1,2,3,").endsWith(",3999,4000 all done\n");
    }

    /** What Bacula 15.0.3 printed: two incrementals, a differential with one behind it, a second full, a full alone. */
    private static String recorded() throws Exception {
        try (InputStream in = ShardsTest.class.getResourceAsStream("/bconsole/shards.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aRecordedAnswerIsRead(@TempDir Path directory) throws Exception {
        String console = console(directory, recorded(), 0);
        List<Object> words = new ArrayList<>(List.of("shards", "shard4", "shard1", "shard3", "shard2"));
        words.addAll(List.of("--console", console + " -c /etc/bconsole.conf"));
        Spoken spoken = Spoken.run(words.toArray());
        assertThat(spoken.code()).as(spoken.toString()).isEqualTo(ExitCode.DONE);
        assertThat(spoken.out()).isEqualTo("restore jobid=1,3,4,6,7,8,9,10 all done\n");
        assertThat(spoken.err()).isEmpty();
        assertThat(directory.resolve("options")).hasContent("-c /etc/bconsole.conf");
    }

    /** As where the full job of a shard was pruned before those that build on it. */
    @Test
    void aChainWithoutItsFullIsNoWhole(@TempDir Path directory) throws Exception {
        String answer = recorded();
        String pruned = answer.replace("|     4 | F ", "|     4 | D ");
        assertThat(pruned).isNotEqualTo(answer);
        Spoken spoken = Spoken.run("shards", "shard1", "shard4", "--console", console(directory, pruned, 0));
        assertThat(spoken.code()).isEqualTo(ExitCode.FATAL);
        assertThat(spoken.out()).isEmpty();
        assertThat(spoken.err())
                .startsWith("stripeline: the catalog has no full backup of shard4; what the console said:\n")
                .contains("| D     | shard4 |");
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

    /** Nothing has read what it was told, and still its own words are what is shown. */
    @Test
    void aConsoleThatEndsAtOnceIsShown(@TempDir Path directory) throws Exception {
        Path script = Files.writeString(directory.resolve("console"), "exec <&-; echo no password >&2; exit 3\n");
        Spoken spoken = Spoken.run("shards", "two", "--console", "sh " + script);
        assertThat(spoken.code()).isEqualTo(ExitCode.FATAL);
        assertThat(spoken.out()).isEmpty();
        assertThat(spoken.err()).contains("ended with status 3").contains("no password");
    }

    @ParameterizedTest
    @CsvSource({"nonesuch -c x, No such file or directory", "/, Permission denied"})
    void aConsoleThatCannotBeStartedIsNamed(String command, String reason) {
        Spoken spoken = Spoken.run("shards", "two", "--console", command);
        assertThat(spoken.code()).isEqualTo(ExitCode.FATAL);
        assertThat(spoken.out()).isEmpty();
        assertThat(spoken.err())
                .contains("\"" + command.split(" ")[0] + "\"", reason)
                .doesNotContain("internal error");
    }

    @Test
    void whatIsNoNameNeverGetsIntoTheQuery() {
        Spoken spoken = Spoken.run("shards", "one'; drop table Job; --");
        assertThat(spoken.code()).isEqualTo(ExitCode.FATAL);
        assertThat(spoken.err()).contains("is no name of a job");
        assertThat(spoken.out()).isEmpty();
    }
}
