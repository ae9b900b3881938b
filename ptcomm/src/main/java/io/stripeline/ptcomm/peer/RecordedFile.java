package io.stripeline.ptcomm.peer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One file of a {@link RecordedJob}. Its data lie in the job's spool. */
public final class RecordedFile {
    private final FileHead head;
    private final Spool spool;
    private final long mark;
    private final long records;
    private final long dataBytes;
    private final byte @Nullable [] acl;
    private final byte @Nullable [] xattr;

    RecordedFile(
            FileHead head,
            Spool spool,
            long mark,
            long records,
            long dataBytes,
            byte @Nullable [] acl,
            byte @Nullable [] xattr) {
        this.head = head;
        this.spool = spool;
        this.mark = mark;
        this.records = records;
        this.dataBytes = dataBytes;
        this.acl = acl;
        this.xattr = xattr;
    }

    public FileHead head() {
        return head;
    }

    public byte @Nullable [] acl() {
        return acl;
    }

    public byte @Nullable [] xattr() {
        return xattr;
    }

    /** Bytes that were sent; holes do not count. */
    public long dataBytes() {
        return dataBytes;
    }

    /** Records on the volume. */
    public long records() {
        return records;
    }

    void replay(Spool.Taker taker) throws IOException {
        spool.replay(mark, records, taker);
    }

    /** The content with zeros for holes; for small files. */
    public byte[] content() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            replay((offset, data) -> {
                if (offset > Integer.MAX_VALUE - 8) {
                    throw new IOException(head + " is too large for an array");
                }
                out.writeBytes(new byte[(int) offset - out.size()]);
                ByteBuffer copy = data.duplicate();
                byte[] bytes = new byte[copy.remaining()];
                copy.get(bytes);
                out.writeBytes(bytes);
            });
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return out.toByteArray();
    }

    /** For messages. */
    @Override
    public String toString() {
        return head + " (" + dataBytes + " bytes in " + records + " records)";
    }
}
