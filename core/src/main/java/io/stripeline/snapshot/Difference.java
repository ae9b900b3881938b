package io.stripeline.snapshot;

import io.stripeline.inode.RawPath;
import java.util.Set;

/** One way in which two snapshots differ. */
public sealed interface Difference {
    /** What of a row changed. */
    enum What {
        /** Another kind of file. */
        TYPE,
        /** Another inode under the name. */
        IDENTITY,
        CONTENT,
        SIZE,
        MODE,
        OWNER,
        MTIME,
        CTIME,
        NLINK,
        /** Link target, xattrs, ACL, flags, project id, layout, device number. */
        ATTRIBUTES,
        /** Read well in one, failed or changed while read in the other. */
        OUTCOME
    }

    /** A name that only the second one has. */
    record Added(Row row) implements Difference {
        @Override
        public RawPath path() {
            return row.path();
        }
    }

    /** A name that only the first one has. */
    record Removed(Row row) implements Difference {
        @Override
        public RawPath path() {
            return row.path();
        }
    }

    /** A name that both have. */
    record Changed(Row before, Row after, Set<What> what) implements Difference {
        @Override
        public RawPath path() {
            return after.path();
        }
    }

    RawPath path();
}
