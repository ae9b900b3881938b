package io.stripeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.inode.RawPath;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class ResultTest {
    private final Job job = Job.start();

    private Report report() {
        job.progress().add(Counter.SCANNED, 12);
        job.progress().add(Counter.SCANNED_BYTES, 2048);
        job.problems()
                .add(new Problem(
                        RawPath.of(new byte[] {'a', (byte) 0xFF}), Problem.Severity.ERROR, "open: EACCES", "no"));
        return Report.of("id", job);
    }

    @Test
    void jsonIsOneObjectWithUnitsInItsNames() throws Exception {
        Report report = report();
        Spoken spoken = new Spoken();
        Result result = new Result("scan", report.problems(), Path.of("/tmp/x.log")).fact("path", "/a");
        Facts.time(Facts.scanned(result, report), 2.0, 12, 0).print(spoken.console(), true, ExitCode.INCOMPLETE);
        JsonNode json = new ObjectMapper().readTree(spoken.out());
        assertThat(json.get("verb").asText()).isEqualTo("scan");
        assertThat(json.get("exit_code").asInt()).isEqualTo(3);
        assertThat(json.get("scanned_entries").asLong()).isEqualTo(12);
        assertThat(json.get("scanned_bytes").asLong()).isEqualTo(2048);
        assertThat(json.get("entries_per_second").asDouble()).isEqualTo(6);
        assertThat(json.get("problems_file").asText()).isEqualTo("/tmp/x.log");
        JsonNode group = json.get("problems").get(0);
        assertThat(group.get("severity").asText()).isEqualTo("error");
        assertThat(group.get("count").asLong()).isEqualTo(1);
        assertThat(group.get("first").get(0).get("path").asText()).isEqualTo("a\\xFF");
        assertThat(spoken.out()).endsWith("}\n").hasLineCount(1);
    }

    @Test
    void textNamesCausesAndTheFile() {
        Report report = report();
        Spoken spoken = new Spoken();
        Facts.scanned(new Result("scan", report.problems(), Path.of("/tmp/x.log")), report)
                .print(spoken.console(), false, ExitCode.INCOMPLETE);
        assertThat(spoken.out())
                .contains("scanned    12 entries (0 directories), 2.0 KiB")
                .contains("ERRORS     1 x open: EACCES")
                .contains("/tmp/x.log");
    }

    @Test
    void warningsOfAllCausesAreOneLine() {
        for (String cause : java.util.List.of("owner: EPERM", "device", "device")) {
            job.problems().add(new Problem(RawPath.of("f"), Problem.Severity.WARNING, cause, "lost"));
        }
        Report report = report();
        Spoken spoken = new Spoken();
        new Result("restore", report.problems(), null).print(spoken.console(), false, ExitCode.INCOMPLETE);
        assertThat(spoken.out().lines())
                .containsExactlyInAnyOrder(
                        "ERRORS     1 x open: EACCES", "warnings   3 (1 x owner: EPERM, 2 x device)");
    }
}
