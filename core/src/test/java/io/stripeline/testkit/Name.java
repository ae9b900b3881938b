package io.stripeline.testkit;

import io.stripeline.inode.RawPath;
import java.util.Arrays;

/** One component as a key: unsigned bytes in order. */
record Name(byte[] bytes) implements Comparable<Name> {
    @Override
    public int compareTo(Name other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Name && Arrays.equals(bytes, ((Name) other).bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return RawPath.printable(bytes);
    }
}
