package io.stripeline.layout;

/**
 * A piece of a file's byte range: data, or a hole that reads as zeros and holds no blocks.
 *
 * @param offset first byte
 * @param length bytes, at least 1
 * @param hole true where there is no data
 */
public record Extent(long offset, long length, boolean hole) {
    public Extent {
        if (offset < 0 || length < 1) {
            throw new IllegalArgumentException("Bad extent: " + offset + "+" + length);
        }
    }

    /** First byte after the extent. */
    public long end() {
        return offset + length;
    }
}
