package io.stripeline.ptcomm;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.peer.BackendLink;
import io.stripeline.ptcomm.peer.Conduct;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.Ending;
import io.stripeline.ptcomm.peer.FileDaemon;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobReport.Result;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.Limits;
import io.stripeline.ptcomm.peer.PluginPeer;
import io.stripeline.ptcomm.peer.RecordedJob;
import io.stripeline.ptcomm.peer.Recording;
import io.stripeline.ptcomm.peer.Replay;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Jobs with a backend under test, each of which must end well where nothing else is said. */
final class Conversation {
    /** Long enough for a machine under load; only a backend that hangs waits so long. */
    private static final Limits LIMITS =
            new Limits(Duration.ofSeconds(120), Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(5));

    private final BackendUnderTest backend;
    private final Dialect dialect;

    Conversation(BackendUnderTest backend, Dialect dialect) {
        this.backend = backend;
        this.dialect = dialect;
    }

    /** A job of this name whose daemon keeps its state in {@code work}. */
    static JobSettings job(String name, Path work) {
        return JobSettings.named(name + ".2026-11-25_16.00.00_01")
                .withDirectories(work.toString(), work + "/", "/usr/sbin/");
    }

    /** A stock plugin that knows METADATA_STREAM cannot say so itself. */
    static List<byte[]> words(Dialect dialect, Path tree, String... more) {
        List<byte[]> words = new ArrayList<>(words(tree, more));
        if (dialect.metadata()) {
            words.addAll(PluginPeer.parameters("metadata=yes"));
        }
        return words;
    }

    PluginPeer peer() throws IOException {
        return peer(Conduct.GOOD);
    }

    PluginPeer peer(Conduct conduct) throws IOException {
        return new PluginPeer(dialect, backend.start(), conduct, LIMITS);
    }

    /** One behind a link that was made of a backend's. */
    PluginPeer peer(BackendLink link) {
        return new PluginPeer(dialect, link, Conduct.GOOD, LIMITS);
    }

    static List<byte[]> words(Path tree, String... more) {
        List<String> words = new ArrayList<>(List.of("path=" + tree));
        words.addAll(List.of(more));
        return PluginPeer.parameters(words.toArray(String[]::new));
    }

    /** A backup that must end well. */
    RecordedJob backup(JobSettings job, List<byte[]> words, FileDaemon daemon) throws IOException {
        Recording recording = Recording.inMemory(dialect);
        good(peer().backup(job, words, recording, daemon), Result.OK);
        return recording.job();
    }

    /** A restore that must end well. */
    JobReport restore(JobSettings job, List<byte[]> words, Replay what) throws IOException {
        return good(peer().restore(job, words, what), Result.OK);
    }

    /** Rules 7, 9: whatever became of the job, the backend has ended by itself, with status 0 and nothing to say. */
    static JobReport good(JobReport report, Result expected) {
        assertThat(report.result()).as(report.toString()).isEqualTo(expected);
        assertThat(report.ending()).as(report.toString()).isEqualTo(new Ending(Ending.How.BY_ITSELF, 0, ""));
        return report;
    }
}
