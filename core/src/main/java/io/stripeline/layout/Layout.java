package io.stripeline.layout;

import java.util.Arrays;

/**
 * How a filesystem spreads a file over its storage targets.
 *
 * <p>Drivers translate their filesystem's form into {@link Striped} where it says all; what it cannot say (composite
 * layouts, foreign or future kinds) stays {@link Opaque}, bytes that only the same kind of filesystem understands. A
 * layout that is not understood is kept, not dropped.
 */
public sealed interface Layout {
    /**
     * Plain striping.
     *
     * @param stripeSizeBytes bytes on one target before the next one is used
     * @param stripeCount number of targets the file is spread over, at least 1
     * @param pool name of the pool of targets, empty for none
     */
    record Striped(long stripeSizeBytes, int stripeCount, String pool) implements Layout {
        public Striped {
            if (stripeSizeBytes <= 0 || stripeCount <= 0) {
                throw new IllegalArgumentException(
                        "Stripe size and count must be positive: " + stripeSizeBytes + ", " + stripeCount);
            }
        }
    }

    /**
     * Bytes in the form of one kind of filesystem.
     *
     * @param kind name of the form, for example {@code lustre.lov}
     * @param bytes as the filesystem gave them; shared: do not change them
     */
    record Opaque(String kind, byte[] bytes) implements Layout {
        @Override
        public boolean equals(Object other) {
            return other instanceof Opaque
                    && kind.equals(((Opaque) other).kind)
                    && Arrays.equals(bytes, ((Opaque) other).bytes);
        }

        @Override
        public int hashCode() {
            return kind.hashCode() * 31 + Arrays.hashCode(bytes);
        }
    }
}
