package io.stripeline.ptcomm.cursor;

import io.stripeline.FileSystemId;
import io.stripeline.change.Cursor;
import io.stripeline.inode.RawPath;
import io.stripeline.snapshot.FormatException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import reactor.core.publisher.Flux;

/**
 * Where the change sources of a job's trees stood when it began, and the paths that the next job has to try again. Format:
 * {@code ptcomm/docs/cursor.md}, "Change sources". Immutable.
 */
public final class SourceRecord {
    static final byte[] MAGIC = {'S', 'L', 'C', 'H', 'A', 'N', 'G', 'E'};
    static final int VERSION = 1;
    static final int HEADER_BYTES = 24;

    /** Of a path, an id or a cursor: PATH_MAX does not bound a path, but no name of a tree is that long. */
    private static final int MOST_BYTES = 1 << 20;

    private static final int MOST_TREES = 1 << 16;
    private static final int PIECE_BYTES = 64 << 10;

    /**
     * One tree of the job.
     *
     * @param turn in which its cursor was asked for: of two of one filesystem the smaller one is the older
     */
    record Source(RawPath root, FileSystemId id, Cursor cursor, long turn) {}

    private final Path file;
    private final List<Source> sources;
    private final long pathsAt;
    private final long paths;

    private SourceRecord(Path file, List<Source> sources, long pathsAt, long paths) {
        this.file = file;
        this.sources = sources;
        this.pathsAt = pathsAt;
        this.paths = paths;
    }

    /**
     * Opens a record and proves that it is whole.
     *
     * @throws FormatException where it is damaged or of a newer version
     * @throws java.nio.file.NoSuchFileException where there is none
     */
    static SourceRecord open(Path file) throws IOException {
        checkSum(file);
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            in.readNBytes(MAGIC.length);
            int version = in.readInt();
            if (version != VERSION) {
                throw new FormatException(file + " has version " + version + "; this release reads " + VERSION);
            }
            int trees = in.readInt();
            long paths = in.readLong();
            if (trees < 0 || trees > MOST_TREES || paths < 0) {
                throw new FormatException(file + " is damaged: it says that it has " + trees + " trees");
            }
            List<Source> sources = new ArrayList<>();
            long at = HEADER_BYTES;
            for (int i = 0; i < trees; i++) {
                long turn = in.readLong();
                byte[] root = bytes(in, file);
                byte[] id = bytes(in, file);
                byte[] cursor = bytes(in, file);
                sources.add(new Source(RawPath.of(root), FileSystemId.of(id), Cursor.fromBytes(cursor), turn));
                at += 20L + root.length + id.length + cursor.length;
            }
            return new SourceRecord(file, List.copyOf(sources), at, paths);
        } catch (EOFException | IllegalArgumentException damaged) {
            throw new FormatException(file + " is damaged: " + damaged.getMessage());
        }
    }

    private static void checkSum(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long body = channel.size() - 4;
            if (body < HEADER_BYTES) {
                throw new FormatException(
                        file + " has " + channel.size() + " bytes: it is no record of change sources");
            }
            CRC32C crc = new CRC32C();
            ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
            for (long at = 0; at < body; at += piece.limit()) {
                piece.clear().limit((int) Math.min(PIECE_BYTES, body - at));
                fill(channel, at, piece);
                if (at == 0 && !piece.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
                    throw new FormatException(file + " is no record of change sources");
                }
                crc.update(piece.flip());
            }
            ByteBuffer sum = ByteBuffer.allocate(4);
            fill(channel, body, sum);
            if (sum.getInt(0) != (int) crc.getValue()) {
                throw new FormatException(file + " is damaged: its checksum is another");
            }
        }
    }

    private static void fill(FileChannel channel, long at, ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (channel.read(target, at + target.position()) < 0) {
                throw new EOFException("it ends at " + (at + target.position()));
            }
        }
    }

    private static byte[] bytes(DataInputStream in, Path file) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MOST_BYTES) {
            throw new FormatException(file + " is damaged: a length of " + length);
        }
        byte[] out = new byte[length];
        in.readFully(out);
        return out;
    }

    List<Source> sources() {
        return sources;
    }

    /** Where the source of the tree at this absolute path stood; nothing where it had none, or was another filesystem. */
    public Optional<Cursor> cursor(RawPath root, FileSystemId id) {
        return sources.stream()
                .filter(one -> one.root.equals(root) && one.id.equals(id))
                .map(Source::cursor)
                .findFirst();
    }

    /** Absolute paths of all trees that have to be tried again. Cold; read from disk as they are asked for. */
    public Flux<RawPath> again() {
        return Flux.using(
                this::stream,
                in -> Flux.generate(() -> 0L, (done, sink) -> {
                    try {
                        if (done == paths) {
                            sink.complete();
                        } else {
                            sink.next(RawPath.of(bytes(in, file)));
                        }
                        return done + 1;
                    } catch (IOException failed) {
                        throw new UncheckedIOException("The paths to try again cannot be read", failed);
                    }
                }),
                SourceRecord::close);
    }

    private DataInputStream stream() throws IOException {
        InputStream in = Files.newInputStream(file);
        try {
            in.skipNBytes(pathsAt);
            return new DataInputStream(new BufferedInputStream(in, PIECE_BYTES));
        } catch (IOException failed) {
            in.close();
            throw failed;
        }
    }

    private static void close(DataInputStream in) {
        try {
            in.close();
        } catch (IOException readOnly) {
            throw new UncheckedIOException(readOnly);
        }
    }
}
