package io.stripeline.ptcomm;

import io.stripeline.flow.Base;
import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Steady;
import io.stripeline.flow.Stopped;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.ScanFailure;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.ptcomm.wire.PacketWriter;
import io.stripeline.ptcomm.wire.Text;
import io.stripeline.read.ContentSource;
import io.stripeline.read.XattrRoom;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The body of an estimate or a listing: names with attributes, no content. Rows that a base knows unchanged are left
 * out, as the backup would.
 */
public final class EntryList {
    /** Batches waiting for the thread that writes. */
    private static final int PREFETCH = 2;

    private final BackendSession session;
    private final ContentSource content;
    private final Base base;
    private final Job job;
    private final boolean relative;
    private final WireNames names;
    private final Text text = new Text();

    private EntryList(
            BackendSession session, RawPath root, ContentSource content, Base base, Job job, boolean relative) {
        this.session = session;
        this.content = content;
        this.base = base;
        this.job = job;
        this.relative = relative;
        this.names = new WireNames(root, session.extensions());
    }

    /** Absolute names of all that a backup of the tree at {@code root} would send. */
    public static EntryList estimate(BackendSession session, RawPath root, ContentSource content, Base base, Job job) {
        return new EntryList(session, root, content, base, job, false);
    }

    /** Names of the entries of one directory. */
    public static EntryList listing(BackendSession session, ContentSource content, Job job) {
        return new EntryList(session, RawPath.ROOT, content, Base.NONE, job, true);
    }

    /** Writes the rows; several streams may follow each other. */
    public Mono<Void> write(Flux<InodeBatch> batches) {
        return Mono.using(
                () -> Steady.oneThread("stripeline-ptcomm-list"),
                thread -> batches.publishOn(thread, PREFETCH)
                        .doOnNext(this::batch)
                        .then(),
                Steady::dispose);
    }

    private void batch(InodeBatch batch) {
        try {
            for (int row = 0; row < batch.size(); row++) {
                boolean self = relative && batch.name(row).length == 0;
                if (!self && base.unchanged(batch, row) == null) {
                    entry(batch, row);
                }
            }
            batch.failures().forEach(this::failed);
        } catch (IOException lost) {
            throw new UncheckedIOException(lost);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the plugin did not read", stopped);
        } catch (Error broken) {
            throw new Stopped("Writing to the plugin", broken);
        }
    }

    private void entry(InodeBatch batch, int row) throws IOException, InterruptedException {
        boolean link = FileType.of(batch.mode(row)) == FileType.SYMLINK;
        byte[] target = link ? target(batch.entry(row)) : null;
        if (link && target == null) {
            return;
        }
        session.begin();
        try {
            session.put(out -> write(out, batch, row, target));
        } finally {
            session.end();
        }
        job.progress().add(Counter.ENTRIES, 1);
    }

    private void write(PacketWriter out, InodeBatch batch, int row, byte @Nullable [] target) throws IOException {
        boolean directory = FileType.of(batch.mode(row)) == FileType.DIRECTORY;
        text.start("FNAME:");
        if (relative) {
            byte[] name = batch.name(row);
            text.add(directory ? name : names.target(name)); // a slash ends a directory's
            out.command(directory ? text.add('/') : text);
        } else {
            out.command(text.add(names.name(batch.dir(row), batch.name(row), directory)));
        }
        RowLines.write(out, text, batch, row);
        if (target != null) {
            out.command(text.start("LSTAT:").add(names.target(target)));
        }
        out.eod();
    }

    private byte @Nullable [] target(Entry entry) {
        try {
            return content.attributes(entry, XattrRoom.ALONE).linkTarget();
        } catch (PosixException failed) {
            report(entry.path(), failed);
            return null;
        }
    }

    private void failed(ScanFailure failure) {
        report(failure.path(), failure.cause());
    }

    private void report(RawPath path, PosixException cause) {
        job.progress().add(Counter.FAILED, 1);
        job.problems()
                .add(new Problem(
                        path,
                        Problem.Severity.WARNING,
                        cause.operation() + ": " + cause.errnoName(),
                        (cause.getMessage() + "; it is not counted. " + Errno.advice(cause.errno())).strip()));
    }
}
