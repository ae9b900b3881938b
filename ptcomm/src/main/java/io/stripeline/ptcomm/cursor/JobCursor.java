package io.stripeline.ptcomm.cursor;

import io.stripeline.inode.RawPath;
import io.stripeline.snapshot.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What an earlier job left. Looks up on disk: memory is one number, whatever the number of directories. Of one thread.
 */
public final class JobCursor implements AutoCloseable {
    static final byte[] MAGIC = {'S', 'L', 'C', 'U', 'R', 'S', 'O', 'R'};
    static final int VERSION = 1;
    static final int START_AT = 16;
    static final int HEADER_BYTES = 48;
    static final int HEADER_CRC_AT = 40;
    private static final int PIECE_BYTES = 64 << 10;
    private static final int MOST_IN_MEMORY = 65_536;

    private final FileChannel file;
    private final long startSeconds;
    private final long directories;
    private final long again;
    private final PathHash hash = new PathHash();
    private final ByteBuffer one = ByteBuffer.allocate(Long.BYTES);

    /** The paths to try again, where they are few: each old row of a scan asks for them. */
    private long @Nullable [] fewAgain;

    private JobCursor(FileChannel file, long startSeconds, long directories, long again) {
        this.file = file;
        this.startSeconds = startSeconds;
        this.directories = directories;
        this.again = again;
    }

    /**
     * Opens a cursor and proves that it is whole.
     *
     * @throws FormatException where it is damaged or of a newer version
     */
    static JobCursor open(Path path) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        try {
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
            fill(file, 0, header, path);
            checkHeader(header, path);
            long directories = header.getLong(24);
            long again = header.getLong(32);
            if (directories < 0 || again < 0 || file.size() != HEADER_BYTES + 8 * (directories + again)) {
                throw new FormatException(path + " has " + file.size() + " bytes, which its header does not say");
            }
            if (crcOfBody(file, path) != header.getInt(44)) {
                throw new FormatException(path + " is damaged: its checksum is another");
            }
            return new JobCursor(file, header.getLong(START_AT), directories, again);
        } catch (IOException | RuntimeException failed) {
            file.close();
            throw failed;
        }
    }

    private static void checkHeader(ByteBuffer header, Path path) {
        for (int i = 0; i < MAGIC.length; i++) {
            if (header.get(i) != MAGIC[i]) {
                throw new FormatException(path + " is no cursor");
            }
        }
        CRC32C crc = new CRC32C();
        crc.update(header.duplicate().position(0).limit(HEADER_CRC_AT));
        if ((int) crc.getValue() != header.getInt(HEADER_CRC_AT)) {
            throw new FormatException(path + " is damaged: the checksum of its header is another");
        }
        if (header.getInt(8) != VERSION) {
            throw new FormatException(path + " has version " + header.getInt(8) + "; this release reads " + VERSION);
        }
    }

    private static int crcOfBody(FileChannel file, Path path) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer piece = ByteBuffer.allocate(1 << 20);
        for (long at = HEADER_BYTES; at < file.size(); at += piece.limit()) {
            piece.clear().limit((int) Math.min(piece.capacity(), file.size() - at));
            fill(file, at, piece, path);
            crc.update(piece.array(), 0, piece.limit());
        }
        return (int) crc.getValue();
    }

    private static void fill(FileChannel file, long at, ByteBuffer target, Path path) throws IOException {
        while (target.hasRemaining()) {
            if (file.read(target, at + target.position()) < 0) {
                throw new FormatException(path + " ends at " + (at + target.position()));
            }
        }
    }

    /** When its scan began, seconds since 1970 of this host's clock. */
    public long startSeconds() {
        return startSeconds;
    }

    /** True for a directory that the job saw with this identity at this absolute path. */
    boolean knowsDirectory(long idHigh, long idLow, RawPath path) throws IOException {
        return contains(0, directories, hash.of(idHigh, idLow, path));
    }

    /** True where the job left this mark. */
    public boolean has(Mark mark, byte[] what) throws IOException {
        return contains(0, directories, hash.of(mark, what));
    }

    /** Takes a hash. */
    interface Hashes {
        void add(long hash) throws IOException;
    }

    /** All directories, by their hashes. */
    void eachDirectory(Hashes to) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
        for (long done = 0; done < directories; done += piece.limit() / Long.BYTES) {
            piece.clear().limit((int) Math.min(PIECE_BYTES, (directories - done) * Long.BYTES));
            while (piece.hasRemaining()
                    && file.read(piece, HEADER_BYTES + done * Long.BYTES + piece.position()) >= 0) {}
            for (piece.flip(); piece.hasRemaining(); ) {
                to.add(piece.getLong());
            }
        }
    }

    /** True where anything has to be tried again. */
    boolean hasAgain() {
        return again > 0;
    }

    /** True for an absolute path that the job could not read, or that changed while it did. */
    boolean isAgain(RawPath path) throws IOException {
        if (again > MOST_IN_MEMORY) {
            return contains(directories, again, hash.of(path));
        }
        long[] few = fewAgain;
        if (few == null) {
            few = loadAgain();
            fewAgain = few;
        }
        return Arrays.binarySearch(few, hash.of(path) ^ Long.MIN_VALUE) >= 0;
    }

    /** With the sign turned: they are in order as unsigned numbers. */
    private long[] loadAgain() throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) again * Long.BYTES);
        while (all.hasRemaining() && file.read(all, HEADER_BYTES + directories * Long.BYTES + all.position()) >= 0) {}
        long[] out = new long[(int) again];
        for (int i = 0; i < out.length; i++) {
            out[i] = all.getLong(i * Long.BYTES) ^ Long.MIN_VALUE;
        }
        return out;
    }

    private boolean contains(long from, long count, long wanted) throws IOException {
        long low = from;
        long high = from + count;
        while (low < high) {
            long middle = (low + high) >>> 1;
            one.clear();
            while (one.hasRemaining() && file.read(one, HEADER_BYTES + 8 * middle + one.position()) >= 0) {}
            int order = Long.compareUnsigned(one.getLong(0), wanted);
            if (order == 0) {
                return true;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return false;
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException readOnly) {
            throw new java.io.UncheckedIOException(readOnly);
        }
    }
}
