package io.stripeline.dedup;

import io.stripeline.snapshot.FormatException;
import org.jspecify.annotations.Nullable;

/** Gives one after the other; blocks. One thread. */
interface Pull<T> {
    /** Failures that are told with the first one. */
    int SUPPRESSED = 100;

    /** The next one; null at the end. */
    @Nullable
    T next();

    /** What can be read of something that goes on behind damage, then the damage as a failure. */
    static <T> Pull<T> damageLast(Pull<T> from) {
        return new Pull<>() {
            private @Nullable FormatException damage;
            private int more;

            @Override
            public @Nullable T next() {
                while (true) {
                    try {
                        T next = from.next();
                        if (next != null || damage == null) {
                            return next;
                        }
                        break;
                    } catch (FormatException met) {
                        add(met);
                    }
                }
                throw java.util.Objects.requireNonNull(damage);
            }

            private void add(FormatException met) {
                if (damage == null) {
                    damage = met;
                } else if (more++ < SUPPRESSED) {
                    damage.addSuppressed(met);
                }
            }
        };
    }
}
