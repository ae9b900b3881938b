package io.stripeline.ptcomm.blob;

import io.stripeline.snapshot.FormatException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Cuts a long blob into parts, each of which says whose and which it is, and joins them. */
final class Parts {
    private static final String BLOB = "The blob of an entry";
    private static final int HEADER_BYTES = 22;
    private static final int NUMBER_AT = 10;
    private static final int COUNT_AT = 12;
    private static final int BODY_BYTES_AT = 14;
    private static final int PART_CRC_AT = 18;
    private static final int MOST_PARTS = 65_535;

    private Parts() {}

    /** One or more parts of a body that begins behind the free bytes of its envelope; takes the array. */
    static List<byte[]> cut(byte[] blob, int maxPartBytes) {
        int crc = Envelope.crcOf(blob, Envelope.BYTES);
        if (blob.length <= maxPartBytes) {
            Envelope.BLOB.seal(blob, Envelope.WHOLE, crc);
            return List.of(blob);
        }
        int body = blob.length - Envelope.BYTES;
        int piece = maxPartBytes - HEADER_BYTES;
        if (piece < 1 || (body - 1) / piece >= MOST_PARTS) {
            throw new IllegalArgumentException(
                    "A blob of " + blob.length + " bytes does not fit into parts of " + maxPartBytes);
        }
        int count = (body - 1) / piece + 1;
        List<byte[]> parts = new ArrayList<>(count);
        for (int i = 0, from = 0; i < count; i++, from += piece) {
            int length = Math.min(piece, body - from);
            byte[] part = new byte[HEADER_BYTES + length];
            Envelope.BLOB.seal(part, Envelope.PART, crc);
            System.arraycopy(blob, Envelope.BYTES + from, part, HEADER_BYTES, length);
            ByteBuffer.wrap(part)
                    .putShort(NUMBER_AT, (short) i)
                    .putShort(COUNT_AT, (short) count)
                    .putInt(BODY_BYTES_AT, body)
                    .putInt(PART_CRC_AT, crcOfPart(part));
            parts.add(part);
        }
        return parts;
    }

    private static int crcOfPart(byte[] part) {
        CRC32C crc = new CRC32C();
        crc.update(part, 0, PART_CRC_AT);
        crc.update(part, HEADER_BYTES, part.length - HEADER_BYTES);
        return (int) crc.getValue();
    }

    /** The blob in one piece, its checksum proved; the body is behind the bytes of the envelope. */
    static byte[] join(List<byte[]> parts) {
        if (parts.isEmpty()) {
            throw new FormatException(BLOB + " is missing");
        }
        for (byte[] part : parts) {
            Envelope.BLOB.check(BLOB, part);
        }
        byte[] first = parts.get(0);
        if (parts.size() == 1 && Envelope.form(first) == Envelope.WHOLE) {
            Envelope.prove(BLOB, first);
            return first;
        }
        byte[] whole = whole(inOrder(parts), new Part(first));
        if (Envelope.crcOf(whole, Envelope.BYTES) != Envelope.crc(first)) {
            throw new FormatException(BLOB + " is damaged: its parts do not make up what was written");
        }
        return whole;
    }

    private static byte[] whole(List<Part> parts, Part first) {
        long bytes = 0;
        for (Part part : parts) {
            bytes += part.bytes.length - HEADER_BYTES;
        }
        if (bytes != first.bodyBytes || bytes > Integer.MAX_VALUE - 4096) {
            throw new FormatException(
                    BLOB + " is damaged: its parts have " + bytes + " of " + first.bodyBytes + " bytes");
        }
        byte[] whole = new byte[Envelope.BYTES + (int) bytes];
        int at = Envelope.BYTES;
        for (Part part : parts) {
            int length = part.bytes.length - HEADER_BYTES;
            System.arraycopy(part.bytes, HEADER_BYTES, whole, at, length);
            at += length;
        }
        return whole;
    }

    /** All parts of one blob, each once. */
    private static List<Part> inOrder(List<byte[]> given) {
        Part first = new Part(given.get(0));
        @Nullable Part[] parts = new Part[Math.min(first.count, given.size())];
        for (byte[] bytes : given) {
            Part part = new Part(bytes);
            if (!part.isOfSameBlob(first)) {
                throw new FormatException(part + " is foreign: it is of another blob than " + first);
            }
            if (part.number >= part.count) {
                throw new FormatException(part + " cannot be: it is damaged");
            }
            if (part.number < parts.length) {
                if (parts[part.number] != null) {
                    throw new FormatException(part + " is there twice");
                }
                parts[part.number] = part;
            }
        }
        List<Part> all = new ArrayList<>(parts.length);
        for (int i = 0; i < first.count; i++) {
            Part part = i < parts.length ? parts[i] : null;
            if (part == null) {
                throw new FormatException("Part " + (i + 1) + " of " + first.count + " of the blob is missing");
            }
            all.add(part);
        }
        return all;
    }

    /** The header of a part whose own checksum is proved. */
    private static final class Part {
        final byte[] bytes;
        final int number;
        final int count;
        final int bodyBytes;

        Part(byte[] bytes) {
            if (Envelope.form(bytes) != Envelope.PART) {
                throw new FormatException(
                        "Blobs of several entries are mixed: a whole one is among " + BLOB + "'s parts");
            }
            if (bytes.length <= HEADER_BYTES) {
                throw new FormatException("A part of " + BLOB + " is truncated after " + bytes.length + " bytes");
            }
            ByteBuffer header = ByteBuffer.wrap(bytes);
            this.bytes = bytes;
            number = header.getShort(NUMBER_AT) & 0xFFFF;
            count = header.getShort(COUNT_AT) & 0xFFFF;
            bodyBytes = header.getInt(BODY_BYTES_AT);
            if (header.getInt(PART_CRC_AT) != crcOfPart(bytes)) {
                throw new FormatException(this + " is damaged: its checksum differs");
            }
        }

        boolean isOfSameBlob(Part other) {
            return count == other.count
                    && bodyBytes == other.bodyBytes
                    && Envelope.crc(bytes) == Envelope.crc(other.bytes);
        }

        @Override
        public String toString() {
            return "Part " + (number + 1) + " of " + count + " of the blob";
        }
    }
}
