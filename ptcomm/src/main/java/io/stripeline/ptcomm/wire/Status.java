package io.stripeline.ptcomm.wire;

import org.jspecify.annotations.Nullable;

/** The first byte of a packet: what it is. */
public enum Status {
    /** Text, ends with one newline. */
    COMMAND('C', Kind.TEXT),
    /** Bytes of a file, an attribute blob or an object. */
    DATA('D', Kind.BYTES),
    /** End of a block; also the answer that acknowledges one. */
    EOD('F', Kind.EMPTY),
    /** Last packet of the plugin. A backend never sends it. */
    TERMINATE('T', Kind.EMPTY),
    /** An error with side effects on the peer; backends of ours send it never. */
    ERROR('E', Kind.TEXT),
    /** The job cannot go on. */
    ABORT('A', Kind.TEXT),
    WARNING('W', Kind.MESSAGE),
    INFO('I', Kind.MESSAGE),
    /** One file failed; the job goes on and ends with warnings. */
    FILE_ERROR('Q', Kind.MESSAGE),
    SAVED('S', Kind.MESSAGE),
    NOT_SAVED('N', Kind.MESSAGE),
    RESTORED('R', Kind.MESSAGE),
    SKIPPED('P', Kind.MESSAGE),
    MOUNT('O', Kind.MESSAGE),
    EVENT('V', Kind.MESSAGE),
    /** Binary batch of the SLX extension; only after it was negotiated. */
    BATCH('B', Kind.BYTES);

    private enum Kind {
        TEXT,
        BYTES,
        EMPTY,
        MESSAGE
    }

    private static final @Nullable Status[] BY_LETTER = new Status['Z' + 1];

    static {
        for (Status status : values()) {
            BY_LETTER[status.letter] = status;
        }
    }

    private final byte letter;
    private final Kind kind;

    Status(char letter, Kind kind) {
        this.letter = (byte) letter;
        this.kind = kind;
    }

    /** The letter on the wire. */
    public byte letter() {
        return letter;
    }

    /** True for packets that may come whenever the plugin waits, and that answer nothing. */
    public boolean isMessage() {
        return kind == Kind.MESSAGE;
    }

    /** True for EOD and TERMINATE, whose length is always 000000. */
    public boolean isEmpty() {
        return kind == Kind.EMPTY;
    }

    /** True where the payload is text for people or a command. */
    public boolean isText() {
        return kind == Kind.TEXT || kind == Kind.MESSAGE;
    }

    /** The status of a letter; null for a letter that is none. */
    static @Nullable Status of(byte letter) {
        return letter < 0 || letter >= BY_LETTER.length ? null : BY_LETTER[letter];
    }
}
