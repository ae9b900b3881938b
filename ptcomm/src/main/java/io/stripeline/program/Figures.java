package io.stripeline.program;

import java.util.Locale;

/** Numbers for people, and back: counts with commas, sizes in binary units, durations. */
public final class Figures {
    private static final String UNITS = "KMGTPE";

    private Figures() {}

    /** {@code 1,234,567}. */
    public static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    /** {@code 17 B}, {@code 1.2 GiB}. */
    public static String bytes(long bytes) {
        return scaled((double) bytes);
    }

    /** {@code 283.1 MiB/s}. */
    public static String rate(double bytesPerSecond) {
        return scaled(bytesPerSecond) + "/s";
    }

    private static String scaled(double bytes) {
        if (bytes < 1024) {
            return (long) bytes + " B";
        }
        int unit = -1;
        double value = bytes;
        while (value >= 1024 && unit < UNITS.length() - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %ciB", value, UNITS.charAt(unit));
    }

    /** {@code 8.3 s}, {@code 4:05}, {@code 1:02:03} (hours, minutes, seconds). */
    public static String seconds(double seconds) {
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        return whole < 3600
                ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }

    /**
     * Reads {@code 200M}, {@code 1.5GiB}, {@code 4096}: units are powers of 1024, with or without {@code B} or {@code
     * iB}.
     *
     * @throws IllegalArgumentException for anything else, and for what is not above zero
     */
    public static long parseBytes(String text) {
        String body = text.trim().toUpperCase(Locale.ROOT);
        body = body.endsWith("IB")
                ? body.substring(0, body.length() - 2)
                : body.endsWith("B") ? body.substring(0, body.length() - 1) : body;
        int unit = body.isEmpty() ? -1 : UNITS.indexOf(body.charAt(body.length() - 1));
        double factor = unit < 0 ? 1 : Math.pow(1024, unit + 1);
        try {
            double value = Double.parseDouble(unit < 0 ? body : body.substring(0, body.length() - 1)) * factor;
            if (value >= 1 && value < Long.MAX_VALUE) {
                return (long) value;
            }
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(sizeExpected(text), notANumber);
        }
        throw new IllegalArgumentException(sizeExpected(text));
    }

    private static String sizeExpected(String text) {
        return "'" + text + "' is no size; write for example 200M, 1.5G or 4096";
    }
}
