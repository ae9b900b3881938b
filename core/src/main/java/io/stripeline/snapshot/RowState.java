package io.stripeline.snapshot;

/**
 * How a row was recorded.
 *
 * @param outcome what became of its content
 * @param settled true where no later change can hide within the clock tick of the recorded times
 */
public record RowState(Kept outcome, boolean settled) {
    /** What became of the content of a row. */
    public enum Kept {
        /** The content is the file's. */
        OK,
        /** The file changed while it was read: the content is a mixture of moments. */
        CHANGED,
        /** It could not be read: there is no content. */
        FAILED
    }

    private static final RowState[] ALL = new RowState[8];

    static {
        for (int code = 0; code < ALL.length; code++) {
            if ((code & 3) < 3) {
                ALL[code] = new RowState(Kept.values()[code & 3], (code & 4) != 0);
            }
        }
    }

    /** Ok and settled: of which an unchanged row may be taken. */
    public static final RowState SETTLED = of(Kept.OK, true);

    public static RowState of(Kept outcome, boolean settled) {
        return ALL[outcome.ordinal() | (settled ? 4 : 0)];
    }

    int code() {
        return outcome.ordinal() | (settled ? 4 : 0);
    }

    static RowState ofCode(int code) {
        RowState state = code < 0 || code >= ALL.length ? null : ALL[code];
        if (state == null) {
            throw new FormatException("Unknown state of a row: " + code);
        }
        return state;
    }
}
