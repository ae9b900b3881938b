package io.stripeline.dedup.cdc;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The table of 256 numbers that a seed stands for: the first 8 bytes of SHA-256(seed, index). Immutable. */
public final class Gear {
    final long[] table = new long[256];

    public Gear(byte[] seed) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (int i = 0; i < 256; i++) {
                digest.update(seed);
                digest.update((byte) i);
                byte[] hash = digest.digest();
                for (int j = 0; j < 8; j++) {
                    table[i] = table[i] << 8 | (hash[j] & 0xFF);
                }
            }
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
