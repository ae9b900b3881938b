package io.stripeline.ptcomm.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The text of one command, built in a buffer that is used again: a small file is half a dozen commands, and an object
 * for each part of them would cost more than the packets. Of one thread.
 */
public final class Text {
    private static final int LONGEST_NUMBER = 22;

    private byte[] bytes = new byte[512];
    private int length;

    /** Begins anew with a keyword, ASCII. */
    public Text start(String keyword) {
        length = 0;
        room(keyword.length());
        for (int i = 0; i < keyword.length(); i++) {
            bytes[length++] = (byte) keyword.charAt(i);
        }
        return this;
    }

    public Text add(char ascii) {
        room(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    public Text add(byte[] raw) {
        room(raw.length);
        System.arraycopy(raw, 0, bytes, length, raw.length);
        length += raw.length;
        return this;
    }

    /** In decimal, with its sign. */
    public Text add(long number) {
        if (number == Long.MIN_VALUE) {
            return add(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
        }
        if (number < 0) {
            add('-');
        }
        return digits(Math.abs(number), 10, 1);
    }

    /** In octal, at least {@code least} digits. */
    public Text octal(int number, int least) {
        return digits(Integer.toUnsignedLong(number), 8, least);
    }

    private Text digits(long number, int base, int least) {
        room(LONGEST_NUMBER);
        int digits = 1;
        for (long rest = number / base; rest > 0; rest /= base) {
            digits++;
        }
        digits = Math.max(digits, least);
        long rest = number;
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + rest % base);
            rest /= base;
        }
        length += digits;
        return this;
    }

    private void room(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    /** The buffer; only the first {@link #length()} bytes count. */
    byte[] array() {
        return bytes;
    }

    public int length() {
        return length;
    }

    /** A copy. */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
