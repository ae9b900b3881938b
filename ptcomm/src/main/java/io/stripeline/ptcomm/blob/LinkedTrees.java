package io.stripeline.ptcomm.blob;

import io.stripeline.inode.RawPath;
import io.stripeline.snapshot.FormatException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/**
 * The trees of a job that were named by a path with a symlink in it, as a restore object. A restore follows symlinks in
 * such a path and nowhere else, and one backend may get the files of commands that it was never told of. Format: {@code
 * ptcomm/docs/blob.md}.
 *
 * @param paths absolute, as the plugin command had them
 */
public record LinkedTrees(List<RawPath> paths) {
    /** How names of these objects begin. */
    public static final String NAME_PREFIX = "stripeline-trees.";

    /** No plugin command has room for more. */
    private static final int MOST_PATHS = 10_000;

    private static final int PATHS = 1;
    private static final int NAME_BYTES = 16;

    public LinkedTrees {
        paths = List.copyOf(paths);
    }

    /** The object; the same paths make the same one. */
    public RestoreObject object() {
        CborWriter to = new CborWriter(Envelope.BYTES, 256);
        to.map(1).unsigned(PATHS).array(paths.size());
        paths.forEach(path -> to.bytes(path.toBytes()));
        byte[] object = to.toBytes();
        Envelope.TREES.seal(object, Envelope.WHOLE, Envelope.crcOf(object, Envelope.BYTES));
        String hash = HexFormat.of().formatHex(LayoutTable.sha256(object), 0, NAME_BYTES);
        return new RestoreObject(NAME_PREFIX + hash, object);
    }

    /** True for an object of this kind, by its name or its first bytes. */
    public static boolean isOne(RestoreObject object) {
        return object.name().startsWith(NAME_PREFIX) || Envelope.TREES.matches(object.bytes());
    }

    /**
     * Reads an object that {@link #isOne}.
     *
     * @throws FormatException where it is damaged or of a newer version; the message names it
     */
    public static LinkedTrees decode(RestoreObject object) {
        String name = "The list of trees " + object.name();
        byte[] bytes = object.bytes();
        Envelope.TREES.check(name, bytes);
        Envelope.prove(name, bytes);
        CborReader in = new CborReader(name, bytes, Envelope.BYTES);
        Collection<RawPath> paths = new ArrayList<>();
        int key = -1;
        for (int left = in.map(); left > 0; left--) {
            key = in.key(key);
            if (key != PATHS) {
                in.skip(); // of a later program
                continue;
            }
            for (int more = in.array(); more > 0; more--) {
                paths.add(path(in));
            }
        }
        in.end();
        if (paths.size() > MOST_PATHS) {
            throw in.broken("it has " + paths.size() + " paths");
        }
        return new LinkedTrees(List.copyOf(paths));
    }

    private static RawPath path(CborReader in) {
        try {
            RawPath path = RawPath.of(in.bytes());
            if (path.isAbsolute()) {
                return path;
            }
            throw in.broken(path + " is not absolute");
        } catch (IllegalArgumentException nul) {
            throw in.broken(String.valueOf(nul.getMessage()));
        }
    }
}
