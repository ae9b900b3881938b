package io.stripeline.ptcomm.blob;

import io.stripeline.layout.Layout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The distinct layouts of one job, for its {@link LayoutTable}.
 *
 * <p>Memory is bounded: beyond {@link #MOST_LAYOUTS} layouts or {@link #MOST_BYTES} of them, and for a layout over
 * {@link #MOST_LAYOUT_BYTES}, there is no id, which is said once. What has an id keeps it. Thread-safe.
 */
public final class LayoutCollector {
    /** Filesystems have a handful of layouts; one per file is a fault of the driver or a very odd tree. */
    public static final int MOST_LAYOUTS = 100_000;

    /** Of all layouts as encoded: 64 objects. */
    public static final int MOST_BYTES = 32 << 20;

    /** Of one layout as encoded: twice the longest xattr that Linux knows. */
    public static final int MOST_LAYOUT_BYTES = 128 << 10;

    /** Objects have less than 512 KiB; room for the envelope. */
    private static final int OBJECT_BYTES = (512 << 10) - 64;

    private static final int NAME_BYTES = 16;

    private final int mostLayouts;
    private final Consumer<String> warning;
    private final Map<Layout, Long> ids = new HashMap<>();

    /** By id, so that the same layouts make the same objects in every job. */
    private final TreeMap<Long, Layout> byId = new TreeMap<>();

    private long bytes;
    private boolean warned;

    /** {@code warning} gets at most one line, for people, on the thread that adds. */
    public LayoutCollector(Consumer<String> warning) {
        this(warning, MOST_LAYOUTS);
    }

    LayoutCollector(Consumer<String> warning, int mostLayouts) {
        this.warning = warning;
        this.mostLayouts = mostLayouts;
    }

    /** The id of a layout that is in the table from now on; {@link LayoutTable#NONE} where it found no room. */
    public synchronized long add(Layout layout) {
        Long known = ids.get(layout);
        if (known != null) {
            return known;
        }
        if (ids.size() >= mostLayouts || bytes >= MOST_BYTES) {
            return noRoom("This job has more than " + ids.size() + " distinct layouts");
        }
        byte[] encoded = LayoutCode.encode(layout);
        if (encoded.length > MOST_LAYOUT_BYTES || bytes + encoded.length > MOST_BYTES) {
            return noRoom("A layout of " + encoded.length + " bytes is too long");
        }
        long id = LayoutTable.id(encoded);
        if (byId.putIfAbsent(id, layout) != null) {
            return noRoom("Two layouts have the id " + Long.toHexString(id));
        }
        ids.put(layout, id);
        bytes += encoded.length;
        return id;
    }

    private long noRoom(String why) {
        if (!warned) {
            warned = true;
            warning.accept(why + ": files whose layout is not in the table are created with the default layout of their"
                    + " directory at restore");
        }
        return LayoutTable.NONE;
    }

    /** Distinct layouts that have an id. */
    public synchronized int size() {
        return ids.size();
    }

    /** The table as restore objects of less than 512 KiB each; none where there is no layout. */
    public synchronized List<RestoreObject> objects() {
        List<RestoreObject> objects = new ArrayList<>();
        List<byte[]> some = new ArrayList<>();
        int length = 0;
        for (Layout layout : byId.values()) {
            byte[] encoded = LayoutCode.encode(layout);
            if (length + encoded.length > OBJECT_BYTES) {
                objects.add(object(some, length));
                some.clear();
                length = 0;
            }
            some.add(encoded);
            length += encoded.length;
        }
        if (!some.isEmpty()) {
            objects.add(object(some, length));
        }
        return objects;
    }

    private static RestoreObject object(List<byte[]> layouts, int length) {
        CborWriter to = new CborWriter(Envelope.BYTES, length + 16);
        to.map(1).unsigned(LayoutTable.LAYOUTS).array(layouts.size());
        layouts.forEach(to::raw);
        byte[] object = to.toBytes();
        Envelope.TABLE.seal(object, Envelope.WHOLE, Envelope.crcOf(object, Envelope.BYTES));
        String hash = HexFormat.of().formatHex(LayoutTable.sha256(object), 0, NAME_BYTES);
        return new RestoreObject(LayoutTable.NAME_PREFIX + hash, object);
    }
}
