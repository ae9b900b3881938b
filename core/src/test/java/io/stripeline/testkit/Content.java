package io.stripeline.testkit;

import io.stripeline.layout.Extent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of a file as a description: given bytes, bytes made of a seed and their offset, or a hole. Immutable; costs
 * no memory for seeded bytes and holes, and any offset is as cheap as the first.
 */
public final class Content {
    public static final Content EMPTY = new Content(List.of(), 0);

    /** Bytes of one kind; {@code given} is empty for seeded ones and for a hole. */
    private record Part(long offset, long length, byte[] given, long seed, boolean hole) {
        long end() {
            return offset + length;
        }
    }

    private static final byte[] NONE = new byte[0];

    private final List<Part> parts;
    private final long length;

    private Content(List<Part> parts, long length) {
        this.parts = parts;
        this.length = length;
    }

    public static Content of(byte[] bytes) {
        return one(new Part(0, bytes.length, bytes.clone(), 0, false));
    }

    /** The UTF-8 bytes of {@code text}. */
    public static Content of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** {@code length} bytes that do not compress, the same for the same seed. */
    public static Content random(long seed, long length) {
        return one(new Part(0, length, NONE, seed, false));
    }

    /** {@code length} bytes that read as zeros and hold no blocks. */
    public static Content hole(long length) {
        return one(new Part(0, length, NONE, 0, true));
    }

    private static Content one(Part part) {
        return part.length == 0 ? EMPTY : new Content(List.of(part), part.length);
    }

    /** This content with another behind it. */
    public Content then(Content next) {
        List<Part> joined = new ArrayList<>(parts);
        for (Part part : next.parts) {
            joined.add(new Part(part.offset + length, part.length, part.given, part.seed, part.hole));
        }
        return new Content(List.copyOf(joined), length + next.length);
    }

    /** The first {@code newLength} bytes; a hole behind the end where that is more than there is. */
    public Content truncate(long newLength) {
        if (newLength > length) {
            return then(hole(newLength - length));
        }
        List<Part> kept = new ArrayList<>();
        for (Part part : parts) {
            if (part.offset < newLength) {
                long keep = Math.min(part.length, newLength - part.offset);
                kept.add(new Part(part.offset, keep, part.given, part.seed, part.hole));
            }
        }
        return new Content(List.copyOf(kept), newLength);
    }

    public long length() {
        return length;
    }

    /** Bytes that hold blocks. */
    public long allocatedBytes() {
        return parts.stream()
                .filter(part -> !part.hole)
                .mapToLong(part -> part.length)
                .sum();
    }

    /** Copies up to {@code count} bytes at {@code offset}; returns how many there were. */
    public int read(long offset, byte[] into, int at, int count) {
        int done = 0;
        for (Part part : parts) {
            while (done < count && offset + done >= part.offset && offset + done < part.end()) {
                long within = offset + done - part.offset;
                int n = (int) Math.min(count - done, part.length - within);
                fill(part, within, into, at + done, n);
                done += n;
            }
        }
        return done;
    }

    private static void fill(Part part, long within, byte[] into, int at, int n) {
        if (part.hole) {
            java.util.Arrays.fill(into, at, at + n, (byte) 0);
        } else if (part.given.length > 0) {
            System.arraycopy(part.given, (int) within, into, at, n);
        } else {
            for (int i = 0; i < n; i++) {
                long position = within + i;
                into[at + i] = (byte) (mix(part.seed + (position >>> 3)) >>> ((position & 7) << 3));
            }
        }
    }

    /** The finaliser of SplitMix64. */
    private static long mix(long z) {
        z = (z * 0x9E3779B97F4A7C15L ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** The extent at {@code offset}, up to {@code end} at most, as a filesystem without alignment would tell it. */
    public Extent extent(long offset, long end) {
        for (Part part : parts) {
            if (offset >= part.offset && offset < part.end()) {
                return new Extent(offset, Math.min(part.end(), end) - offset, part.hole);
            }
        }
        return new Extent(offset, end - offset, false);
    }

    /** The data extents, in order. */
    public List<Extent> data() {
        return parts.stream()
                .filter(part -> !part.hole)
                .map(part -> new Extent(part.offset, part.length, false))
                .toList();
    }
}
