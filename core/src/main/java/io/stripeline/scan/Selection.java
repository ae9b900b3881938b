package io.stripeline.scan;

import io.stripeline.Shard;
import io.stripeline.posix.DirEntries;
import java.util.Arrays;
import java.util.List;

/**
 * What of a directory's entries is looked at and recorded, decided from the listing alone wherever it tells enough, so
 * that what another shard owns or a pattern leaves out costs no stat.
 *
 * <p>A rule is a byte: {@link #ROW_IF_FILE}, {@link #ROW_IF_DIRECTORY} or both, 0 to stat and enter only, or {@link
 * #SKIP}.
 */
final class Selection {
    static final byte SKIP = -1;
    static final byte ROW_IF_FILE = 1;
    static final byte ROW_IF_DIRECTORY = 2;
    static final byte ROW = ROW_IF_FILE | ROW_IF_DIRECTORY;

    private final List<Glob> includes;
    private final List<Glob> excludes;
    private final boolean needsPath;
    private final boolean everything;
    private final ShardRule shard;

    Selection(ScanSpec spec) {
        this.includes = spec.includes();
        this.excludes = spec.excludes();
        this.needsPath =
                includes.stream().anyMatch(Glob::needsPath) || excludes.stream().anyMatch(Glob::needsPath);
        this.shard = new ShardRule(spec.shard());
        this.everything =
                includes.isEmpty() && excludes.isEmpty() && spec.shard().isAll();
    }

    ShardRule shard() {
        return shard;
    }

    /** True where every entry has the rule {@link #ROW}. */
    boolean isEverything() {
        return everything;
    }

    byte rule(OpenDir dir, long ino, int type, byte[] source, int from, int length) {
        boolean maybeDirectory = type == DirEntries.DT_DIR || type == DirEntries.DT_UNKNOWN;
        boolean owned = shard.by() == Shard.By.HASH ? shard.ownsInode(ino) : dir.owned;
        if (!owned && !maybeDirectory) {
            return SKIP;
        }
        boolean included = true;
        if (!excludes.isEmpty() || !includes.isEmpty()) {
            byte[] name = Arrays.copyOfRange(source, from, from + length);
            byte[] path = needsPath ? join(dir.prefix(), name) : name;
            if (matches(excludes, name, path)) {
                return SKIP;
            }
            included = includes.isEmpty() || matches(includes, name, path);
        }
        if (!included && !maybeDirectory) {
            return SKIP;
        }
        return owned ? (included ? ROW : ROW_IF_DIRECTORY) : 0;
    }

    private static boolean matches(List<Glob> globs, byte[] name, byte[] path) {
        for (Glob glob : globs) {
            if (glob.matchesBytes(glob.needsPath() ? path : name)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] join(byte[] prefix, byte[] name) {
        byte[] out = Arrays.copyOf(prefix, prefix.length + name.length);
        System.arraycopy(name, 0, out, prefix.length, name.length);
        return out;
    }
}
