package io.stripeline.write;

/** What became of one entry of a restore. */
public enum Fate {
    /** It is there. A directory gets its attributes at the end of the restore; some may be lost, which is reported. */
    RESTORED,
    /** Left out on purpose: what was there stays, or this user cannot make it; counted. */
    SKIPPED,
    /** It is not there, or not whole; reported. */
    FAILED
}
