package io.stripeline.backend;

import io.stripeline.FileSystemId;
import io.stripeline.flow.Base;
import io.stripeline.inode.RawPath;
import io.stripeline.program.IoReason;
import io.stripeline.program.MountPoint;
import io.stripeline.ptcomm.AccurateBase;
import io.stripeline.ptcomm.BackendSession;
import io.stripeline.ptcomm.Cap;
import io.stripeline.ptcomm.JobBlock;
import io.stripeline.ptcomm.cursor.CursorStore;
import io.stripeline.ptcomm.cursor.CursorWriter;
import io.stripeline.ptcomm.cursor.JobCursor;
import io.stripeline.ptcomm.cursor.Mark;
import io.stripeline.ptcomm.cursor.SinceBase;
import io.stripeline.ptcomm.cursor.SourceRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a job of some level need not send again, and how the job's log tells why. */
final class Bases {
    private final BackendSession session;
    private final @Nullable CursorStore cursors;
    private final Path temporary;
    private final byte[] selection;

    private Bases(BackendSession session, JobOptions options, @Nullable CursorStore cursors, Path temporary) {
        this.session = session;
        this.selection = options.selection();
        this.cursors = cursors;
        this.temporary = temporary;
    }

    /** @param temporary directory for what does not fit into memory */
    static Bases of(BackendSession session, JobOptions options, JobLog log, Path temporary) {
        return new Bases(session, options, store(session, log), temporary);
    }

    private static @Nullable CursorStore store(BackendSession session, JobLog log) {
        String working = new String(session.job().workingDirectory(), StandardCharsets.UTF_8);
        if (!working.startsWith("/")) {
            log.warn("the plugin does not name bacula-fd's working directory: incrementals go by time alone");
            return null;
        }
        try {
            return CursorStore.open(Path.of(working), session.parameters(), log::warn);
        } catch (IOException failed) {
            log.warn("cursors cannot be kept in " + working + " (" + IoReason.of(failed)
                    + "): incrementals go by time alone");
            return null;
        }
    }

    /** The store of cursors; null where there is none, which was said. */
    @Nullable
    CursorStore cursors() {
        return cursors;
    }

    /** True where everything is sent. */
    boolean isFull() {
        return session.job().level() == JobBlock.Level.FULL
                || session.job().since().isEmpty();
    }

    boolean isAccurate() {
        return session.parameters().isSet("accurate");
    }

    /** True where an accurate job can be told of what is gone and what is there without being asked for each name. */
    boolean answersUnasked() {
        return session.extensions().has(Cap.SEEN);
    }

    /** Where the change sources of the base job stood; nothing where it kept none. */
    Optional<SourceRecord> changes() {
        return cursors == null || isFull() ? Optional.empty() : cursors.changes(session.job());
    }

    /** Gives a cursor what the base job knew of directories; nothing where it left no cursor. */
    void carry(CursorWriter cursor) throws IOException {
        if (cursors != null) {
            try (JobCursor base = cursors.base(session.job()).orElse(null)) {
                if (base != null) {
                    cursor.carry(base);
                }
            }
        }
    }

    /**
     * What of one tree need not be sent.
     *
     * @param base closed with this, and {@code since} with it
     * @param since has to be told of directories; null in full backups
     * @param everything why all of the tree is sent though this is no full backup; null where it is not
     */
    record OfTree(
            Base base, @Nullable SinceBase since, @Nullable String everything) implements AutoCloseable {
        @Override
        public void close() {
            base.close();
        }
    }

    /** What the next job has to know of this one as a whole. */
    void mark(CursorWriter cursor, List<OpenTrees.Tree> trees) {
        cursor.mark(Mark.SELECTION, selection);
        for (OpenTrees.Tree tree : trees) {
            cursor.mark(Mark.TREE, top(tree.path(), tree.volume().fileSystemId()));
            if (hasMounts(tree)) {
                cursor.mark(Mark.MOUNTS, tree.path().toBytes());
            }
        }
    }

    /** What the mark of a tree says. */
    static byte[] top(RawPath path, FileSystemId filesystem) {
        return (path + "\n" + filesystem).getBytes(StandardCharsets.UTF_8);
    }

    private static boolean hasMounts(OpenTrees.Tree tree) {
        return MountPoint.isAnyBelow(OpenTrees.path(tree.path()));
    }

    OfTree of(OpenTrees.Tree tree) {
        if (isFull()) {
            return new OfTree(Base.NONE, null, null);
        }
        Optional<JobCursor> cursor = cursors == null ? Optional.empty() : cursors.base(session.job());
        SinceBase settled = new SinceBase(
                tree.path(),
                session.job().since().orElse(0),
                tree.volume().capabilities().timeGranularity(),
                cursor.orElse(null),
                temporary);
        String everything = null;
        try {
            if (cursor.isEmpty()) {
                if (cursors != null && cursors.wasOtherwise(session.job())) {
                    everything = "everything, since the plugin command of the base job was another one";
                    settled.knowNothing();
                }
            } else {
                everything = everything(cursor.get(), tree);
                if (everything != null) {
                    settled.knowNothing();
                } else if (hasMounts(tree)
                        || cursor.get().has(Mark.MOUNTS, tree.path().toBytes())) {
                    settled.expectMounts();
                }
            }
        } catch (IOException failed) {
            settled.close();
            throw new UncheckedIOException("The cursor of the base job cannot be read", failed);
        }
        Base base = isAccurate() ? new AccurateBase(session, tree.path(), settled) : settled;
        return new OfTree(base, settled, everything);
    }

    private @Nullable String everything(JobCursor cursor, OpenTrees.Tree tree) throws IOException {
        if (!cursor.has(Mark.SELECTION, selection)) {
            return "everything, since the base job was told to save something else (stripeline.toml has changed), or was of"
                    + " an older release";
        }
        return cursor.has(Mark.TREE, top(tree.path(), tree.volume().fileSystemId()))
                ? null
                : "everything, since another filesystem stood there when the base job ran";
    }

    /** Why so much is sent. */
    String why() {
        if (session.job().level() == JobBlock.Level.FULL) {
            return "everything, since this is a full backup";
        }
        if (isFull()) {
            return "everything, since the Director names no time of a base";
        }
        return "a scan for what changed since " + since() + (isAccurate() ? ", compared with the catalog" : "");
    }

    /** The base job, in words. */
    String since() {
        return Instant.ofEpochSecond(session.job().since().orElse(0))
                + (session.job().previousJob().isEmpty()
                        ? ""
                        : " (" + session.job().previousJob() + ")");
    }
}
