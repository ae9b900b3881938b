package io.stripeline.dedup;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Ids of sets: random, so that two nodes never choose the same. */
final class SetIds {
    private static final SecureRandom RANDOM = new SecureRandom();

    private SetIds() {}

    static String fresh() {
        byte[] bytes = new byte[8];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
