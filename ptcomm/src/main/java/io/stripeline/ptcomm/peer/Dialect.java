package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.Cap;
import io.stripeline.ptcomm.Extensions;

/**
 * How a plugin speaks.
 *
 * @param ours as our File Daemon plugin does: ids unsigned, a newline behind METADATA_STREAM, LSTAT for hard links,
 *     metadata after the data; else as the stock library does
 * @param offer extensions that are offered; none for a stock plugin
 * @param metadata whether METADATA_STREAM is known without being agreed on, which in a stock plugin is compiled in
 */
public record Dialect(boolean ours, Extensions offer, boolean metadata) {
    public Dialect {
        if (!ours && !offer.caps().isEmpty()) {
            throw new IllegalArgumentException("A stock plugin offers no extensions");
        }
    }

    /** A stock plugin that knows METADATA_STREAM. */
    public static Dialect stock() {
        return new Dialect(false, Extensions.NONE, true);
    }

    /** A stock plugin to which METADATA_STREAM is an error. */
    public static Dialect stockWithoutMetadata() {
        return new Dialect(false, Extensions.NONE, false);
    }

    /** Our plugin with all that it knows. */
    public static Dialect extended() {
        return new Dialect(true, Extensions.ALL, false);
    }

    /** Our plugin that offers these only; none at all is {@code slx=off}. */
    public static Dialect extended(Extensions offer) {
        return new Dialect(true, offer, false);
    }

    boolean takesMetadata(Extensions agreed) {
        return metadata || agreed.has(Cap.META);
    }

    @Override
    public String toString() {
        if (!ours) {
            return metadata ? "stock" : "stock without metadata";
        }
        return offer.caps().isEmpty() ? "slx=off" : offer.line();
    }
}
