package io.stripeline.snapshot;

import java.io.Closeable;
import java.util.Arrays;

/** Rows in order of directory key and name, from memory or from a spill file. Not thread-safe. */
abstract class RowRun implements Closeable {
    /** Directory key of the current row; the same array for all rows of a directory. */
    byte[] key = new byte[0];
    /** Where the current row lies. Valid until the next call of {@link #next()}. */
    byte[] bytes = new byte[0];

    int start;
    int end;
    int nameStart;
    int nameLength;

    /** Goes to the next row; false at the end. */
    abstract boolean next();

    @Override
    public void close() {}

    void locateName() {
        Decoder in = new Decoder(bytes, start, end);
        nameLength = in.length();
        nameStart = in.position();
    }

    int compare(RowRun other) {
        int byKey = key == other.key ? 0 : Arrays.compareUnsigned(key, other.key);
        return byKey != 0 ? byKey : compareName(other);
    }

    int compareName(RowRun other) {
        return Arrays.compareUnsigned(
                bytes,
                nameStart,
                nameStart + nameLength,
                other.bytes,
                other.nameStart,
                other.nameStart + other.nameLength);
    }
}
