package io.stripeline.change;

import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import java.util.Arrays;

/** Where a change took place, as far as its source tells. */
public sealed interface At {
    /** A path relative to the volume's root, as of the moment of the change. */
    record Path(RawPath path) implements At {}

    /**
     * A name in a directory that is known by its identity: change logs tell no paths.
     *
     * @param parent the directory, wherever it was then
     * @param name one component; the array is kept, do not change it
     */
    record Name(InodeId parent, byte[] name) implements At {
        @Override
        public boolean equals(Object other) {
            return other instanceof Name
                    && parent.equals(((Name) other).parent)
                    && Arrays.equals(name, ((Name) other).name);
        }

        @Override
        public int hashCode() {
            return parent.hashCode() * 31 + Arrays.hashCode(name);
        }

        @Override
        public String toString() {
            return parent + "/" + RawPath.printable(name);
        }
    }
}
