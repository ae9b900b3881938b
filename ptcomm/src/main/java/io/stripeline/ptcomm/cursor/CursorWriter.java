package io.stripeline.ptcomm.cursor;

import io.stripeline.FileSystemId;
import io.stripeline.change.Cursor;
import io.stripeline.inode.RawPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Collects what a running job will leave. Thread-safe; memory is bounded. */
public final class CursorWriter implements AutoCloseable {
    private static final int PIECE_BYTES = 1 << 20;

    private final Path target;
    private final Path changes;
    private final char level;
    private final long startSeconds;
    private final HashSorter directories;
    private final HashSorter again;
    private final PathHash hash = new PathHash();
    private @Nullable SourceWriter sources;
    private @Nullable Running running;

    CursorWriter(Path target, Path changes, char level, long startSeconds) {
        this.target = target;
        this.changes = changes;
        this.level = level;
        this.startSeconds = startSeconds;
        this.directories = new HashSorter(spill());
        this.again = new HashSorter(spill());
    }

    private Path spill() {
        Path spill = target.toAbsolutePath().getParent();
        return spill == null ? target : spill;
    }

    /** The job saw a directory of this identity at this absolute path. */
    public synchronized void directory(long idHigh, long idLow, RawPath path) {
        try {
            directories.add(hash.of(idHigh, idLow, path));
        } catch (IOException failed) {
            throw new UncheckedIOException("The cursor of this job cannot be kept in " + spill(), failed);
        }
    }

    /** The next job can ask whether this was so in this one. */
    public synchronized void mark(Mark mark, byte[] what) {
        try {
            directories.add(hash.of(mark, what));
        } catch (IOException failed) {
            throw new UncheckedIOException("The cursor of this job cannot be kept in " + spill(), failed);
        }
    }

    /** The job could not read this absolute path, or saw it changing. */
    public synchronized void again(RawPath path) {
        try {
            again.add(hash.of(path));
            if (sources != null) {
                sources.again(path);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("The cursor of this job cannot be kept in " + spill(), failed);
        }
    }

    /**
     * Before the tree at this absolute path is looked at: asks where its change source stands, and keeps it. From then on
     * no job of this host acknowledges more of that log.
     *
     * @param now asks the source; may block
     */
    public synchronized Cursor source(RawPath root, FileSystemId id, Supplier<Cursor> now) throws IOException {
        if (sources == null) {
            sources = new SourceWriter(changes, spill());
        }
        SourceWriter into = sources;
        return Turns.take(spill(), id, turn -> {
            Cursor cursor = now.get();
            into.tree(root, id, cursor, turn);
            if (running == null) {
                running = Running.open(CursorStore.sibling(target, Running.SUFFIX));
            }
            running.write(into.withoutPaths());
            return cursor;
        });
    }

    /**
     * The job has not entered each directory, but knows that none that the base job saw has another place now: what that
     * one knew is this one's knowledge as well.
     */
    public synchronized void carry(JobCursor base) throws IOException {
        base.eachDirectory(directories::add);
    }

    /** Writes it, durable under its name. */
    public synchronized void commit() throws IOException {
        if (sources != null) {
            sources.commit();
        }
        Path temporary = target.resolveSibling("." + target.getFileName() + ".tmp");
        Files.deleteIfExists(temporary);
        try (FileChannel file = FileChannel.open(
                temporary,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            file.position(JobCursor.HEADER_BYTES);
            CRC32C crc = new CRC32C();
            ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
            directories.drainTo(one -> put(one, piece, file, crc));
            again.drainTo(one -> put(one, piece, file, crc));
            drain(piece, file, crc);
            ByteBuffer header = header((int) crc.getValue());
            while (header.hasRemaining()) {
                file.write(header, header.position());
            }
            file.force(true);
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory =
                FileChannel.open(temporary.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
        end();
    }

    private void end() {
        if (running != null) {
            running.close();
            running = null;
        }
    }

    private ByteBuffer header(int bodyCrc) {
        ByteBuffer header = ByteBuffer.allocate(JobCursor.HEADER_BYTES);
        header.put(JobCursor.MAGIC).putInt(JobCursor.VERSION).put((byte) level).put(new byte[3]);
        header.putLong(startSeconds).putLong(directories.count()).putLong(again.count());
        CRC32C crc = new CRC32C();
        crc.update(header.array(), 0, JobCursor.HEADER_CRC_AT);
        return header.putInt((int) crc.getValue()).putInt(bodyCrc).flip();
    }

    private static void put(long hash, ByteBuffer piece, FileChannel file, CRC32C crc) {
        piece.putLong(hash);
        if (!piece.hasRemaining()) {
            drain(piece, file, crc);
        }
    }

    private static void drain(ByteBuffer piece, FileChannel file, CRC32C crc) {
        piece.flip();
        crc.update(piece.duplicate());
        try {
            while (piece.hasRemaining()) {
                file.write(piece);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        piece.clear();
    }

    /** Gives up what was not committed. */
    @Override
    public synchronized void close() {
        end();
        try {
            directories.close();
            again.close();
            if (sources != null) {
                sources.close();
            }
            Files.deleteIfExists(target.resolveSibling("." + target.getFileName() + ".tmp"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
