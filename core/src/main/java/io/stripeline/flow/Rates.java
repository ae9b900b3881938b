package io.stripeline.flow;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How people write a {@link Throttle}: parts with commas between them. A plain number is bytes a second; {@code
 * inodes=} is inodes a second; {@code burst=} and {@code pause=} are times. Numbers may end in K, M, G or T, powers of
 * 1024 for bytes and of 1000 for inodes; times in ms, s or m.
 */
final class Rates {
    private static final Pattern NUMBER = Pattern.compile("(\\d{1,15})([KMGT]?)(?:I?B)?(?:/S)?");
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})(MS|S|M)");

    private Rates() {}

    static Throttle parse(String text) {
        Throttle out = Throttle.unlimited();
        for (String part : text.split(",", -1)) {
            String[] words = part.trim().split("=", 2);
            String value = words[words.length - 1].trim().toUpperCase(Locale.ROOT);
            out = switch (words.length == 1 ? "bytes" : words[0].trim()) {
                case "bytes" -> out.bytes(number(text, value, 1024));
                case "inodes" -> out.inodes(number(text, value, 1000));
                case "burst" -> out.burst(time(text, value));
                case "pause" -> out.longestPause(time(text, value));
                default -> throw unknown(text);
            };
        }
        return out;
    }

    private static long number(String text, String value, long unit) {
        Matcher match = NUMBER.matcher(value);
        if (!match.matches()) {
            throw unknown(text);
        }
        long number = Long.parseLong(match.group(1));
        int power = match.group(2).isEmpty() ? 0 : 1 + "KMGT".indexOf(match.group(2));
        try {
            for (int i = 0; i < power; i++) {
                number = Math.multiplyExact(number, unit);
            }
        } catch (ArithmeticException tooLarge) {
            throw unknown(text);
        }
        if (number == 0) {
            throw new IllegalArgumentException("A rate of 0 would never end: leave it out for no limit");
        }
        return number;
    }

    private static Duration time(String text, String value) {
        Matcher match = TIME.matcher(value);
        if (!match.matches()) {
            throw unknown(text);
        }
        long number = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "MS" -> Duration.ofMillis(number);
            case "S" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
    }

    private static IllegalArgumentException unknown(String text) {
        return new IllegalArgumentException("A rate is written 200M for bytes a second, or 200M,inodes=5000,burst=2s,"
                + "pause=30s, not '" + text + "'");
    }
}
