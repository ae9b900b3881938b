package io.stripeline.cli;

/** The setting {@code off} or {@code zstd:LEVEL}. */
final class Compression {
    private static final String ZSTD = "zstd:";
    private static final int MOST = 19;

    private Compression() {}

    /** 1 to 19, 0 for off; throws {@link IllegalArgumentException} for anything else. */
    static int level(String text) {
        if (text.equals("off")) {
            return 0;
        }
        try {
            int level = text.startsWith(ZSTD) ? Integer.parseInt(text.substring(ZSTD.length())) : 0;
            if (level >= 1 && level <= MOST) {
                return level;
            }
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(expected(text), notANumber);
        }
        throw new IllegalArgumentException(expected(text));
    }

    private static String expected(String text) {
        return "'" + text + "' is no compression; write off, or zstd:1 to zstd:" + MOST;
    }
}
