package io.stripeline.ptcomm;

import java.util.Locale;

/** What the extension SLX/1 adds to stock PTCOMM, each agreed on for itself; the words of its offer and answer. */
public enum Cap {
    /** METADATA_STREAM is taken and kept; a layout id follows the STAT of regular files. */
    META,
    /** The backend says what was there and what is gone, unanswered. */
    SEEN,
    /** Before the end of a backup the backend says how many items and bytes it has sent. */
    TALLY,
    /** Data may begin at an offset, in both directions. */
    HOLES,
    /** Many names a question to the FileSet's rules. */
    ACCEPT,
    /** One backend serves all plugin commands of a restore that agree in what a restore goes by. */
    ONE,
    /** Items of a backup are records of binary packets, many to one. */
    BATCH,
    /** Items of a restore are records of such packets, unanswered; each is reported. Needs {@link #BATCH}. */
    ASYNC;

    /** As in the offer. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
