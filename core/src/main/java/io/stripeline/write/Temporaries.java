package io.stripeline.write;

import io.stripeline.inode.Dir;
import io.stripeline.inode.RawPath;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Names of temporaries: {@code .stripeline-<up to 16 hex digits>.part}, beside the name that the entry gets.
 *
 * <p>They depend on the real names only, so that a restore that runs again takes the place of what an interrupted one
 * left. A tree may hold such names itself, as of a restore into it that was interrupted before its backup: they are
 * told here before they are made, and no temporary has one of them from then on. Two names may lead to one temporary
 * (the hash has no key): while one of them is being made, the other takes the next. Thread-safe.
 */
final class Temporaries {
    private static final String PREFIX = ".stripeline-";
    private static final String SUFFIX = ".part";
    private static final int MOST_DIGITS = 16;

    /** Paths that are remembered; a tree with more of such names was made to have them. */
    static final int MOST_KEPT = 65_536;

    private final Set<RawPath> kept = ConcurrentHashMap.newKeySet();
    private volatile boolean any;

    /** Paths of the temporaries that are being made: as many as there are tasks, and a few large files. */
    private final Set<RawPath> inUse = ConcurrentHashMap.newKeySet();

    /** True for a name that a temporary may have. */
    static boolean mayBe(byte[] name) {
        int digits = name.length - PREFIX.length() - SUFFIX.length();
        if (digits < 1 || digits > MOST_DIGITS || name[0] != '.' || name[1] != 's') {
            return false;
        }
        String text = new String(name, StandardCharsets.ISO_8859_1);
        return text.startsWith(PREFIX)
                && text.endsWith(SUFFIX)
                && text.chars()
                        .skip(PREFIX.length())
                        .limit(digits)
                        .allMatch(digit -> digit >= '0' && digit <= '9' || digit >= 'a' && digit <= 'f');
    }

    /**
     * An entry has this path, with a name that a temporary may have. True where that is news: then whatever is being
     * made must be done before it is made.
     */
    boolean keep(RawPath path) {
        if (kept.size() >= MOST_KEPT && !kept.contains(path)) {
            throw new Refusal(
                    "name of a temporary",
                    "more than " + MOST_KEPT + " names are like those of temporaries of restores");
        }
        boolean news = kept.add(path);
        any = true;
        return news;
    }

    /**
     * A name under which to make an entry, which no other entry has until it is given back.
     *
     * @param attempt 0; higher where something stands there that no restore left
     */
    byte[] take(Dir dir, byte[] name, int attempt) {
        long hash = hash(name) + attempt;
        while (true) {
            byte[] out = temporary(hash);
            RawPath path = dir.path().child(out);
            if (!(any && kept.contains(path)) && inUse.add(path)) {
                return out;
            }
            hash++;
        }
    }

    /** What was taken has its real name, or is gone. */
    void giveBack(Dir dir, byte[] temporary) {
        inUse.remove(dir.path().child(temporary));
    }

    private static byte[] temporary(long hash) {
        return (PREFIX + Long.toHexString(hash) + SUFFIX).getBytes(StandardCharsets.US_ASCII);
    }

    /** FNV-1a: the name's own length may leave no room for it. */
    private static long hash(byte[] name) {
        long hash = 0xCBF29CE484222325L;
        for (byte b : name) {
            hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
        }
        return hash;
    }
}
