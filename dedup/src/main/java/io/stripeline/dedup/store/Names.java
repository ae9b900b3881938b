package io.stripeline.dedup.store;

import io.stripeline.snapshot.BlobId;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Ids in the names of objects. */
final class Names {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

    private Names() {}

    /** The id that a name ends with; null where it does not. */
    static @Nullable BlobId idOf(String name) {
        String last = name.substring(name.lastIndexOf('/') + 1);
        return HEX.matcher(last).matches() ? BlobId.parse(last) : null;
    }
}
