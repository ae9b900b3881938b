package io.stripeline.dedup.store;

import io.stripeline.snapshot.BlobId;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Ids in the names of objects. */
final class Names {
    private static final Pattern SHORT_HEX = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

    private Names() {}

    /** Whether the last part of a name is as random as that of a session, a tombstone or a condemned list. */
    static boolean isOfSession(String name) {
        return SHORT_HEX.matcher(name.substring(name.lastIndexOf('/') + 1)).matches();
    }

    /** The id that a name ends with; null where it does not. */
    static @Nullable BlobId idOf(String name) {
        String last = name.substring(name.lastIndexOf('/') + 1);
        return HEX.matcher(last).matches() ? BlobId.parse(last) : null;
    }
}
