package io.stripeline.ptcomm;

import io.stripeline.inode.RawPath;
import io.stripeline.ptcomm.TargetNames.Place;
import io.stripeline.ptcomm.blob.EntryBlob;
import io.stripeline.ptcomm.wire.NameEscape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which name an entry of a restore gets: that on the wire, with the exact bytes of its blob where it was escaped. Of one
 * thread.
 */
final class RestoredNames {
    private final TargetNames places;
    /** A stock plugin gives the blob of a long file after its content, so its name has to be guessed by its look. */
    private final boolean guesses;

    RestoredNames(TargetNames places, boolean guesses) {
        this.places = places;
        this.guesses = guesses;
    }

    /**
     * Where a name on the wire leads.
     *
     * @throws IllegalArgumentException where that could be elsewhere; the message says why
     */
    Place place(byte[] wireName) {
        return places.place(wireName);
    }

    /** Where an entry goes of which this blob is known so far. */
    Place place(byte[] wireName, @Nullable EntryBlob blob) {
        if (blob == null && guesses && NameEscape.looksEscaped(wireName)) {
            return places.place(NameEscape.unescape(wireName));
        }
        return places.place(exact(wireName, blob));
    }

    /** The exact name, with the front that the restore gave it. */
    static byte[] exact(byte[] wireName, @Nullable EntryBlob blob) {
        return blob != null && blob.escaped() ? NameEscape.exact(blob.path().toBytes(), wireName) : wireName;
    }

    /**
     * Where the first name of a hard link went, relative to {@code /}: as the wire says, or where it does not, changed as
     * the link's own name was. Never the name at the backup by default: in a restore beside the original that is the
     * original.
     *
     * @param wireFirst empty where none came
     * @throws IllegalArgumentException as {@link #place(byte[])}, or where neither says it
     */
    RawPath first(byte[] wireName, byte[] wireFirst, EntryBlob blob, RawPath first) {
        byte[] saved = first.toBytes();
        byte[] named = wireFirst.length == 0
                ? TargetNames.alike(blob.path().toBytes(), exact(wireName, blob), saved)
                : NameEscape.isNeeded(saved) ? NameEscape.exact(saved, wireFirst) : wireFirst;
        if (named == null) {
            throw new IllegalArgumentException("what that is called now cannot be told from what this one is called;"
                    + " restore both with where= alone, which renames nothing");
        }
        byte[] path = places.place(named).path().toBytes();
        return RawPath.of(Arrays.copyOfRange(path, 1, path.length));
    }

    /**
     * The target of a symlink: the exact one, unless Bacula has put the restore's prefix in front of an absolute one
     * ({@code Prefix Links}).
     *
     * @param wireTarget empty where none came
     */
    static byte[] target(byte[] saved, byte[] wireTarget) {
        byte[] now = NameEscape.isNeeded(saved) ? NameEscape.exact(saved, wireTarget) : wireTarget;
        int front = now.length - saved.length;
        boolean prefixed = front > 0
                && saved.length > 0
                && saved[0] == '/'
                && Arrays.equals(now, front, now.length, saved, 0, saved.length);
        return prefixed ? now : saved;
    }
}
