package io.stripeline.dedup.pack;

import io.stripeline.snapshot.BlobId;
import java.nio.ByteBuffer;

/** The directory of a pack, in its stored form. Immutable. */
public final class PackDirectory {
    /** One frame of a directory. */
    public record Frame(int offset, int storedBytes, int rawBytes, int codec, int chunks) {}

    /** Takes the chunks of a directory in order. The id stands in {@code bytes} at {@code idAt}, for this call only. */
    public interface Visitor {
        void chunk(Frame frame, byte[] bytes, int idAt, int offset, int length, int form);
    }

    private final BlobId pack;
    private final long offset;
    private final byte[] bytes;

    PackDirectory(BlobId pack, long offset, byte[] bytes) {
        this.pack = pack;
        this.offset = offset;
        this.bytes = bytes;
    }

    /**
     * Visits every chunk.
     *
     * @throws io.stripeline.snapshot.FormatException where the directory contradicts itself
     */
    public void forEach(Visitor visitor) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        long expected = PackFormat.HEADER_BYTES;
        while (in.hasRemaining()) {
            Frame frame = frame(in);
            if (frame.offset != expected) {
                throw broken(in, "frame at " + frame.offset + ", expected at " + expected);
            }
            expected += PackFormat.FRAME_HEADER_BYTES + (long) frame.storedBytes;
            for (int i = 0; i < frame.chunks; i++) {
                chunk(in, frame, visitor);
            }
        }
        if (expected != offset) {
            throw broken(in, "frames end at " + expected + ", the directory begins at " + offset);
        }
    }

    private Frame frame(ByteBuffer in) {
        if (in.remaining() < PackFormat.FRAME_ENTRY_BYTES) {
            throw broken(in, "truncated directory");
        }
        Frame frame = new Frame(in.getInt(), in.getInt(), in.getInt(), in.get() & 0xFF, in.getInt());
        if (frame.offset < 0
                || frame.storedBytes < 0
                || frame.rawBytes < 0
                || frame.rawBytes > PackFormat.MAX_FRAME_RAW_BYTES
                || frame.chunks < 0) {
            throw broken(in, "impossible frame " + frame);
        }
        return frame;
    }

    private void chunk(ByteBuffer in, Frame frame, Visitor visitor) {
        if (in.remaining() < PackFormat.CHUNK_ENTRY_BYTES) {
            throw broken(in, "truncated directory");
        }
        int idAt = in.position();
        in.position(idAt + BlobId.BYTES);
        int from = in.getInt();
        int length = in.getInt();
        int form = in.get() & 0xFF;
        if (from < 0 || length < 0 || length > frame.rawBytes - from) {
            throw broken(in, "chunk outside of its frame");
        }
        if (form == 1) {
            if (in.remaining() < BlobId.BYTES + 4) {
                throw broken(in, "truncated directory");
            }
            in.position(in.position() + BlobId.BYTES + 4);
        }
        visitor.chunk(frame, bytes, idAt, from, length, form);
    }

    private RuntimeException broken(ByteBuffer in, String what) {
        return PackFormat.damaged(pack, offset + in.position(), what);
    }

    int sizeBytes() {
        return bytes.length;
    }
}
