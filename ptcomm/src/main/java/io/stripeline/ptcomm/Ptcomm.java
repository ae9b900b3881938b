package io.stripeline.ptcomm;

import io.stripeline.flow.Job;
import io.stripeline.flow.Sink;
import io.stripeline.flow.Steady;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import reactor.core.publisher.Mono;

/**
 * A backup to Bacula in one call, for programs that a plugin of bacula-fd starts as their backend. Who needs more of the
 * session (its level, its base, the FileSet's rules, a query) begins with {@link BackendSession} and {@link BackupBody}.
 */
public final class Ptcomm {
    private Ptcomm() {}

    /** As {@link #sink(ReadableByteChannel, GatheringByteChannel, Job)}; its report tells only what the sink found. */
    public static Sink sink(ReadableByteChannel in, GatheringByteChannel out) {
        return sink(in, out, Job.start());
    }

    /**
     * A whole conversation as a sink: {@code items.as(Ptcomm.sink(in, out)::write)} greets the plugin, sends the items as
     * the tree at the first {@code path=} of the plugin command, compares counts, and completes when the plugin has closed
     * its end. All items are sent, whatever the level of the job. What failed or changed while it was read becomes a line
     * in Bacula's job log, an error or a warning, a hundred of a kind at most; with {@code abort_on_error} the first error
     * ends the job. Where the items fail the job fails with that line; where the plugin ends the conversation before all
     * is sent the Mono fails.
     *
     * <p>Nothing is read or written before it is subscribed to. Blocks on threads of its own. The channels are the
     * caller's to close, which is also what ends the conversation after a cancel.
     *
     * @param in what the plugin sends: standard input, of a backend
     * @param out what it gets
     * @param job of the stages that make the items; the report is taken of it
     */
    public static Sink sink(ReadableByteChannel in, GatheringByteChannel out, Job job) {
        Path spill = Path.of(System.getProperty("java.io.tmpdir"));
        return items -> Mono.using(
                () -> Steady.oneThread("stripeline-ptcomm-session"),
                thread -> Mono.using(
                                () -> SinkSession.open(in, out, job, spill),
                                open -> open.write(items, thread),
                                SinkSession::close)
                        .subscribeOn(thread),
                Steady::dispose);
    }
}
