package io.stripeline.ptcomm.blob;

import io.stripeline.layout.Layout;
import io.stripeline.snapshot.FormatException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The layouts that entries of a restore refer to by id, merged of any number of restore objects of any jobs.
 *
 * <p>The id of a layout is made of its content, so the same layout has the same id in every job, and objects that come
 * twice change nothing. Format: {@code ptcomm/docs/blob.md}. Not thread-safe while objects are read; memory is bounded by
 * a small multiple of the bytes of distinct objects.
 */
public final class LayoutTable {
    /** The id of no layout. */
    public static final long NONE = 0;

    /** How names of tables begin. */
    public static final String NAME_PREFIX = "stripeline-layouts.";

    static final int LAYOUTS = 1;

    private final Map<Long, Layout> layouts = new HashMap<>();

    /** The id of a layout, never {@link #NONE}: the first eight bytes of the SHA-256 of its encoded bytes. */
    public static long id(Layout layout) {
        return id(LayoutCode.encode(layout));
    }

    static long id(byte[] encoded) {
        long id = ByteBuffer.wrap(sha256(encoded)).getLong();
        return id == NONE ? 1 : id;
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }

    /** A table of these objects; those that are not ours are left out. */
    public static LayoutTable decode(Iterable<RestoreObject> objects) {
        LayoutTable table = new LayoutTable();
        objects.forEach(table::merge);
        return table;
    }

    /**
     * Takes in one object.
     *
     * @return false where it is no table of layouts, by its name and its first bytes; it is ignored
     * @throws FormatException where it is one that is damaged or of a newer version; the message names it, and nothing
     *     of it is taken in
     */
    public boolean merge(RestoreObject object) {
        byte[] bytes = object.bytes();
        if (!object.name().startsWith(NAME_PREFIX) && !Envelope.TABLE.matches(bytes)) {
            return false;
        }
        String name = "The layout table " + object.name();
        Envelope.TABLE.check(name, bytes);
        Envelope.prove(name, bytes);
        CborReader in = new CborReader(name, bytes, Envelope.BYTES);
        Map<Long, Layout> read = new HashMap<>();
        int key = -1;
        for (int left = in.map(); left > 0; left--) {
            key = in.key(key);
            if (key != LAYOUTS) {
                in.skip(); // of a later program
                continue;
            }
            for (int more = in.array(); more > 0; more--) {
                int from = in.position();
                Layout layout = LayoutCode.read(in);
                read.put(id(Arrays.copyOfRange(bytes, from, in.position())), layout);
            }
        }
        in.end();
        layouts.putAll(read);
        return true;
    }

    /** The layout of an id; null where no object had it, and for {@link #NONE}. */
    public @Nullable Layout layout(long id) {
        return layouts.get(id);
    }

    /** Distinct layouts. */
    public int size() {
        return layouts.size();
    }
}
