package io.stripeline.ptcomm;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Outcome;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Problems;
import io.stripeline.flow.Report;
import io.stripeline.flow.Stopped;
import io.stripeline.inode.Entry;
import io.stripeline.inode.RawPath;
import io.stripeline.ptcomm.wire.ProtocolException;
import io.stripeline.ptcomm.wire.Status;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** The conversation of one backup that somebody else has the items of. Blocks on the thread that it is given. */
final class SinkSession implements AutoCloseable {
    private final BackendSession session;
    private final RawPath root;
    private final Job job;
    private final BackupBody body;
    private final boolean aborts;
    private @Nullable Entry begun;
    private long errors;
    private long warnings;

    private SinkSession(BackendSession session, RawPath root, Job job, Path spill)
            throws IOException, InterruptedException {
        this.session = session;
        this.root = root;
        this.job = job;
        this.aborts = session.parameters().isNotZero("abort_on_error");
        Problems also = new Problems(this::found);
        this.body = BackupBody.begin(session, spill, new Job(job.progress(), also, job.clock()));
    }

    static SinkSession open(ReadableByteChannel in, GatheringByteChannel out, Job job, Path spill)
            throws IOException, InterruptedException {
        BackendSession session = BackendSession.accept(in, out, Extensions.ALL);
        try {
            if (session.start() != BackendSession.Start.BACKUP) {
                throw refused(
                        session,
                        "This backend only saves, and the plugin asks for a "
                                + session.start().command());
            }
            RawPath root = session.parameters().each("path").stream()
                    .findFirst()
                    .map(RawPath::of)
                    .filter(RawPath::isAbsolute)
                    .orElse(null);
            if (root == null) {
                throw refused(session, "The plugin command has no path= that is absolute");
            }
            session.ready();
            return new SinkSession(session, root, job, spill);
        } catch (IOException | InterruptedException | RuntimeException failed) {
            session.close();
            throw failed;
        }
    }

    private static ProtocolException refused(BackendSession session, String why) throws IOException {
        session.refuse(why);
        return new ProtocolException(why);
    }

    Mono<Report> write(Flux<Item> items, Scheduler thread) {
        return Mono.firstWithSignal(body.sink(root).write(items.doOnNext(this::tell)), brokenOff())
                .switchIfEmpty(Mono.error(() -> new UncheckedIOException(gone())))
                .publishOn(thread)
                .map(report -> Stopped.call("Ending the backup", this::end))
                .onErrorMap(this::failed);
    }

    /** Is empty when the plugin goes away, or takes nothing any more, while nothing is being written. */
    private Mono<Report> brokenOff() {
        return Mono.create(sink -> {
            session.whenGone(sink::success);
            session.whenStopped(sink::success);
        });
    }

    private EOFException gone() {
        return new EOFException(session.whyStopped().orElse("The plugin ended the conversation"));
    }

    private Report end() {
        try {
            sayRest(errors, Status.FILE_ERROR, " more could not be saved");
            sayRest(warnings, Status.WARNING, " more changed while they were read");
            body.end();
            session.finish();
            return Report.of("", job);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the plugin", stopped);
        }
    }

    /** Whoever is still there is told; the failure stays what it was. */
    private Throwable failed(Throwable why) {
        try {
            session.refuse(String.valueOf(why.getMessage()));
        } catch (IOException gone) {
            why.addSuppressed(gone);
        }
        return why;
    }

    // ---- what the job's log has of single entries

    private void tell(Item item) {
        if (item instanceof Item.Begin begin) {
            begun = begin.entry();
        } else if (item instanceof Item.End end && begun != null) {
            if (end.outcome() instanceof Outcome.Failed failed) {
                say(
                        Status.FILE_ERROR,
                        name(begun.path()) + ": not saved: " + failed.cause().getMessage());
            } else if (end.outcome() instanceof Outcome.Changed changed) {
                say(Status.WARNING, name(begun.path()) + ": changed while it was read (" + changed.what() + ")");
            }
            begun = null;
        } else if (item instanceof Item.Unread unread) {
            RawPath path = unread.failure().path();
            say(Status.FILE_ERROR, name(path) + ": " + unread.failure().cause().getMessage());
        }
    }

    private RawPath name(RawPath path) {
        return path.length() == 0 ? root : root.child(path.toBytes());
    }

    private void found(Problem problem) {
        job.problems().add(problem);
        boolean error = problem.severity() == Problem.Severity.ERROR;
        say(error ? Status.FILE_ERROR : Status.WARNING, problem.message());
    }

    private synchronized void say(Status letter, String line) {
        boolean error = letter == Status.FILE_ERROR;
        if (error && aborts) {
            throw new IllegalStateException(line);
        }
        long before = error ? errors++ : warnings++;
        if (before < Problems.KEPT_PER_CAUSE) {
            session.say(letter, line);
        }
    }

    private synchronized void sayRest(long all, Status letter, String what) {
        if (all > Problems.KEPT_PER_CAUSE) {
            session.say(letter, all - Problems.KEPT_PER_CAUSE + what);
        }
    }

    @Override
    public void close() {
        body.close();
        session.close();
    }
}
