package io.stripeline.dedup.store;

import java.util.Locale;

/** What a root stands for. */
public enum RootKind {
    SNAPSHOT,
    JOB,
    ARCHIVE,
    /** A checkpoint; never the latest of anything. */
    PARTIAL;

    String stored() {
        return name().toLowerCase(Locale.ROOT);
    }
}
