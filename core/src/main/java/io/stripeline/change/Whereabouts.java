package io.stripeline.change;

import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.spill.InodeTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a place of a change may have been in the earlier backup: at its directory's path now; at the one that the {@link
 * Past} knows; and where the changes themselves say that its directory was when it was first and when it was last moved
 * or removed, since a removed tree's directories have no path any more. A place too many does no harm: only names that
 * are not there are told to be gone. Thread-safe.
 */
final class Whereabouts implements AutoCloseable {
    /** Directories whose places are remembered: those of the names of a directory come together. */
    private static final int REMEMBERED = 4096;

    /** Nobody nests deeper: PATH_MAX / 2. A circle of moves ends here. */
    private static final int DEEPEST = 2048;

    private final ChangeSource source;
    private final Past past;
    private final Spool spool;
    private final InodeTable moves;
    private boolean hasMoves;
    private final Map<InodeId, Set<RawPath>> remembered = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<InodeId, Set<RawPath>> eldest) {
            return size() > REMEMBERED;
        }
    };

    private Whereabouts(ChangeSource source, Past past, Spool spool, InodeTable moves) {
        this.source = source;
        this.past = past;
        this.spool = spool;
        this.moves = moves;
    }

    static Whereabouts open(ChangeSource source, Past past, Spool spool, Path directory) throws IOException {
        return new Whereabouts(source, past, spool, InodeTable.open(directory));
    }

    /** A directory left the place of the change that the spool holds at {@code offset}. */
    synchronized void left(InodeId directory, long offset) {
        try {
            InodeTable.Value before = moves.remove(directory);
            moves.put(directory, new InodeTable.Value(before == null ? offset : before.first(), offset));
            hasMoves = true;
        } catch (IOException failed) {
            throw new UncheckedIOException("Changes cannot be kept on disk", failed);
        }
    }

    /** All paths at which a place may have been, or is. */
    synchronized Set<RawPath> of(At at) {
        if (at instanceof At.Path path) {
            return Set.of(path.path());
        }
        At.Name name = (At.Name) at;
        Set<RawPath> out = new LinkedHashSet<>();
        directory(name.parent()).forEach(path -> out.add(path.child(name.name())));
        return out;
    }

    /** All paths at which a directory may have been, or is. */
    synchronized Set<RawPath> directory(InodeId id) {
        Set<RawPath> known = remembered.get(id);
        if (known == null) {
            known = new LinkedHashSet<>(source.paths(id));
            add(known, past.directory(id));
            add(known, was(id, true, 0));
            add(known, was(id, false, 0));
            remembered.put(id, known);
        }
        return known;
    }

    private static void add(Set<RawPath> to, @Nullable RawPath path) {
        if (path != null) {
            to.add(path);
        }
    }

    private @Nullable RawPath was(InodeId id, boolean first, int depth) {
        At at = depth > DEEPEST ? null : at(id, first);
        if (at == null) {
            List<RawPath> now = source.paths(id);
            return now.isEmpty() ? null : carried(now.get(0), first, depth);
        }
        if (at instanceof At.Path path) {
            return path.path();
        }
        At.Name name = (At.Name) at;
        RawPath parent = was(name.parent(), first, depth + 1);
        return parent == null ? null : parent.child(name.name());
    }

    /** Where a directory was that did not move itself: its parent may have taken it along. */
    private RawPath carried(RawPath now, boolean first, int depth) {
        if (!hasMoves || now.isRoot() || depth > DEEPEST) {
            return now;
        }
        Inode parent = source.inode(now.parent());
        RawPath above = parent == null ? null : was(parent.id(), first, depth + 1);
        return above == null ? now : above.child(now.name());
    }

    /** True where the last that is known of a directory is its removal. */
    synchronized boolean wasRemoved(InodeId directory) {
        return change(directory, false) instanceof Change.Gone;
    }

    private @Nullable At at(InodeId id, boolean first) {
        Change change = change(id, first);
        return change instanceof Change.Moved moved
                ? moved.from()
                : change instanceof Change.Gone gone ? gone.at() : null;
    }

    private @Nullable Change change(InodeId id, boolean first) {
        try {
            InodeTable.Value value = moves.get(id);
            return value == null ? null : spool.read(first ? value.first() : value.second());
        } catch (IOException failed) {
            throw new UncheckedIOException("Changes cannot be kept on disk", failed);
        }
    }

    @Override
    public synchronized void close() {
        moves.close();
    }
}
