package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.wire.StatLine;
import io.stripeline.ptcomm.wire.TimeLine;
import org.jspecify.annotations.Nullable;

/** What the daemon around a plugin knows: the rules of the FileSet, and in an accurate job the list of the director. */
public interface FileDaemon {
    /** Accepts all, knows nothing. */
    FileDaemon ANY = new FileDaemon() {};

    /** What the director has of a name. */
    record Known(StatLine stat, TimeLine times) {}

    /**
     * Whether the FileSet takes a name.
     *
     * @param name without final slash
     * @param mode with type bits
     */
    default boolean accepts(byte[] name, int mode) {
        return true;
    }

    /** What the director's list has of a name, a directory's with its slash; null for an unknown one. */
    default @Nullable Known known(byte[] name) {
        return null;
    }

    /** The name is still there: it was sent, or found unchanged. */
    default void seen(byte[] name) {}

    /** All of this prefix is still there, unless said otherwise. */
    default void keep(byte[] prefix) {}

    /** The name, and in an accurate job all below it, is no more. */
    default void gone(byte[] name) {}
}
