package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.BackendSession.Start;
import io.stripeline.ptcomm.Extensions;
import io.stripeline.ptcomm.peer.JobReport.Observed;
import io.stripeline.ptcomm.peer.JobReport.Result;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A plugin without a daemon: holds one conversation with a backend, from its greeting to its end.
 *
 * <p>For one job: each of {@link #backup}, {@link #estimate}, {@link #listing}, {@link #query} and {@link #restore} may
 * be called once, and only one of them. It blocks until the backend has ended or its time for it is over, and never
 * throws for what the backend does: the report says it. {@link #cancel} may come from any thread.
 */
public final class PluginPeer {
    /** Longer than a plugin looks at the error stream before it closes the pipes. */
    private static final Duration LOOK_AT_STDERR = Duration.ofMillis(10);

    private final Dialect dialect;
    private final BackendLink link;
    private final Limits limits;
    private final MessageLog messages = new MessageLog();
    private final ItemCount count = new ItemCount();
    private final List<byte[]> answers = new ArrayList<>();
    private final Watch watch;
    private final Wire wire;
    private Extensions agreed = Extensions.NONE;
    private boolean compared;

    public PluginPeer(Dialect dialect, BackendLink link) {
        this(dialect, link, Conduct.GOOD, Limits.STANDARD);
    }

    public PluginPeer(Dialect dialect, BackendLink link, Conduct conduct, Limits limits) {
        this.dialect = dialect;
        this.link = link;
        this.limits = limits;
        this.watch = new Watch(link);
        this.wire = new Wire(link, messages, conduct, limits, watch);
    }

    /** The words of a plugin command behind its colon, {@code key=value} each. */
    public static List<byte[]> parameters(String... words) {
        List<byte[]> out = new ArrayList<>();
        for (String word : words) {
            out.add(word.getBytes(StandardCharsets.UTF_8));
        }
        return out;
    }

    public JobReport backup(JobSettings settings, List<byte[]> parameters, Receiver receiver, FileDaemon daemon) {
        return converse(Start.BACKUP, settings, parameters, () -> list(Start.BACKUP, settings, receiver, daemon));
    }

    /** A backup to which everything is new and nothing excluded. */
    public JobReport backup(JobSettings settings, List<byte[]> parameters, Receiver receiver) {
        return backup(settings, parameters, receiver, FileDaemon.ANY);
    }

    /** Gives heads only. */
    public JobReport estimate(JobSettings settings, List<byte[]> parameters, Receiver receiver, FileDaemon daemon) {
        return converse(Start.ESTIMATE, settings, parameters, () -> list(Start.ESTIMATE, settings, receiver, daemon));
    }

    /** Gives heads only; {@code path} is added as {@code listing=}. */
    public JobReport listing(JobSettings settings, List<byte[]> parameters, String path, Receiver receiver) {
        List<byte[]> all = new ArrayList<>(parameters);
        all.add(("listing=" + path).getBytes(StandardCharsets.UTF_8));
        return converse(Start.LISTING, settings, all, () -> list(Start.LISTING, settings, receiver, FileDaemon.ANY));
    }

    /** {@code what} is added as {@code query=}; the answers are in the report. */
    public JobReport query(JobSettings settings, List<byte[]> parameters, String what) {
        List<byte[]> all = new ArrayList<>(parameters);
        all.add(("query=" + what).getBytes(StandardCharsets.UTF_8));
        return converse(Start.QUERY, settings, all, this::answers);
    }

    public JobReport restore(JobSettings settings, List<byte[]> parameters, Replay what) {
        return converse(Start.RESTORE, settings, parameters, () -> {
            RestoreWriter writer = new RestoreWriter(wire, dialect, agreed, settings, what, count);
            writer.run();
        });
    }

    /** Cancels the job: the backend gets its signal, what it still says is read to its end. */
    public void cancel() {
        wire.cancelled();
        link.cancel();
        watch.limit(limits.abort());
    }

    private interface Body {
        void run() throws IOException;
    }

    private void list(Start start, JobSettings settings, Receiver receiver, FileDaemon daemon) throws IOException {
        BackupReader reader = new BackupReader(wire, dialect, agreed, start, settings, receiver, daemon, count);
        reader.run();
        compared = reader.comparedCounts();
    }

    private void answers() throws IOException {
        Packet packet = wire.read("an answer or the end");
        while (packet.status() != Status.EOD) {
            answers.add(packet.status() == Status.COMMAND ? packet.command() : packet.payload());
            packet = wire.read("an answer or the end");
        }
    }

    private JobReport converse(Start start, JobSettings settings, List<byte[]> parameters, Body body) {
        Result result;
        String failure = null;
        Throwable cause = null;
        try {
            agreed = new Opening(wire, dialect).run(start, settings, parameters);
            body.run();
            boolean failed = start == Start.RESTORE && messages.hasErrors();
            if (!failed) { // after an error in a restore the daemon sends neither END nor T
                farewell(start);
            }
            result = messages.hasErrors() ? Result.WITH_ERRORS : Result.OK;
        } catch (Broken broken) {
            result = broken.result();
            failure = broken.getMessage();
            cause = broken.getCause();
            leave(result);
        } catch (IOException | RuntimeException own) {
            result = Result.BROKEN_OFF;
            failure = "The plugin's side failed: " + own;
            cause = own;
        } finally {
            watch.close();
            wire.close();
        }
        boolean good = result == Result.OK || result == Result.WITH_ERRORS;
        return report(result, failure, cause, link.end(good ? limits.linger() : limits.abort(), limits.kill()));
    }

    /** END, T, a look at the backend, which must be there still, and the end of its output. */
    private void farewell(Start start) throws IOException {
        if (start != Start.QUERY) {
            wire.command("END");
            if (wire.read("the acknowledgement of END").status() != Status.EOD) {
                throw wire.broken(17, "END is acknowledged by one EOD");
            }
        }
        wire.terminate();
        wire.flush();
        try {
            Thread.sleep(LOOK_AT_STDERR.toMillis());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        if (link.hasEndedEarly() && !wire.isCancelled()) {
            throw wire.broken(8, "the backend has ended, or closed its error stream, before its input was at its end");
        }
        link.toBackend().close();
        watch.limit(limits.linger());
        wire.expectEnd(true);
        watch.clear();
    }

    /** A cancelled backend is read to its end, within its time. */
    private void leave(Result result) {
        if (result != Result.CANCELLED || watch.hasExpired()) {
            return;
        }
        watch.limit(limits.abort());
        try {
            wire.expectEnd(false);
        } catch (IOException gone) {
            messages.note("After the cancel: " + gone.getMessage());
        }
    }

    private JobReport report(Result result, @Nullable String failure, @Nullable Throwable cause, Ending ending) {
        return new JobReport(
                result,
                failure,
                cause,
                agreed,
                messages.kept(),
                messages.counts(),
                List.copyOf(answers),
                new Observed(
                        wire.received(),
                        wire.sent(),
                        count.items(),
                        count.dataBytes(),
                        count.fileIndex(),
                        count.shortDataPackets(),
                        wire.longestSilenceNanos(),
                        compared),
                ending);
    }
}
