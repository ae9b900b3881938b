package io.stripeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.program.Nearest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class UsageTest {
    static List<String> verbs() {
        return Verb.names();
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void everyVerbHasHelpWithAnExample(String verb) {
        Spoken spoken = Spoken.run(verb, "--help");
        assertThat(spoken.code()).isEqualTo(ExitCode.DONE);
        assertThat(spoken.out())
                .startsWith("Usage: stripeline " + verb)
                .contains("Example")
                .contains("stripeline " + verb);
        assertThat(spoken.err()).isEmpty();
    }

    @Test
    void helpNamesEveryVerb() {
        assertThat(Spoken.run("--help").out()).contains(Verb.names());
    }

    @Test
    void nothingAtAllIsWrongUsage() {
        Spoken spoken = Spoken.run();
        assertThat(spoken.code()).isEqualTo(ExitCode.USAGE);
        assertThat(spoken.err()).contains("VERB").contains("--help");
        assertThat(spoken.out()).isEmpty();
    }

    @Test
    void unknownOptionNamesTheNearest() {
        Spoken spoken = Spoken.run("scan", "/tmp", "--exlude", "x");
        assertThat(spoken.code()).isEqualTo(ExitCode.USAGE);
        assertThat(spoken.err())
                .contains("--exlude")
                .contains("Did you mean --exclude?")
                .contains("scan --help");
        assertThat(spoken.out()).isEmpty();
    }

    @Test
    void unknownOptionWithAValueNamesTheNearest() {
        assertThat(Spoken.run("scan", "/tmp", "--worker=3").err()).contains("Did you mean --workers?");
    }

    @Test
    void unknownVerbNamesTheNearest() {
        Spoken spoken = Spoken.run("scann", "/tmp");
        assertThat(spoken.code()).isEqualTo(ExitCode.USAGE);
        assertThat(spoken.err()).contains("Did you mean scan?");
    }

    @Test
    void farWordsSuggestNothing() {
        assertThat(Spoken.run("scan", "/tmp", "--zzzzzzzz").err()).doesNotContain("Did you mean");
    }

    @Test
    void badNumberIsWrongUsage() {
        assertThat(Spoken.run("scan", "/tmp", "--workers", "many").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void completionIsAScriptThatKnowsTheVerbs() {
        Spoken spoken = Spoken.run("completion");
        assertThat(spoken.code()).isEqualTo(ExitCode.DONE);
        assertThat(spoken.out())
                .startsWith("#!/usr/bin/env bash")
                .contains("stripeline")
                .contains("--one-fs");
    }

    @Test
    void versionNamesTheJavaToo() {
        assertThat(Spoken.run("--version").out())
                .startsWith("stripeline ")
                .contains("Java " + System.getProperty("java.version"));
    }

    @Test
    void distanceCountsEdits() {
        assertThat(Nearest.distance("", "abc")).isEqualTo(3);
        assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Nearest.distance("same", "same")).isZero();
    }
}
