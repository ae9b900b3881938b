package io.stripeline.dedup;

import io.stripeline.flow.Problem;
import io.stripeline.flow.Problems;
import io.stripeline.inode.Inode;
import io.stripeline.inode.RawPath;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobSource;
import io.stripeline.snapshot.Content;
import io.stripeline.snapshot.FormatException;
import io.stripeline.snapshot.LinkGroups;
import io.stripeline.snapshot.MissingRowsException;
import io.stripeline.snapshot.Row;
import io.stripeline.snapshot.RowStream;
import io.stripeline.snapshot.SnapshotSet;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which rows to give, in which order: first those of one name, then inodes of several names, gathered by identity, so
 * that a link always comes after what it links to. Of those of one name some thousand at a time are put in the order in
 * which their content lies in the store: a backup reads many directories at once, and a pack's frames hold files of all of
 * them, so that in the order of names each frame would be read over and over. One thread.
 */
final class RestorePlanner implements AutoCloseable {
    /**
     * What to give next.
     *
     * @param row the row
     * @param first for a further name of an inode the name that was given before, else null
     */
    record Step(Row row, @Nullable RawPath first) {}

    /** Rows that are put in order together: a row takes about a kilobyte, beside the part that it stands in. */
    private static final int MOST_ROWS = 65_536;

    /** Of the heap, what the parts of these rows may take: rows of few directories, if these are wide. */
    static final int PARTS_SHARE = 16;

    private record Placed(Row row, long place) {}

    private final SnapshotSet set;
    private final BlobSource blobs;
    private final int windowRows =
            (int) Math.min(MOST_ROWS, Runtime.getRuntime().maxMemory() >> 14);
    private final ArrayDeque<Row> window = new ArrayDeque<>();
    private final HeldParts held = new HeldParts(Runtime.getRuntime().maxMemory() / PARTS_SHARE);
    private final Predicate<Row> keep;
    private final ArrayDeque<RawPath> paths;
    private final ArrayDeque<RawPath> above;
    private final LinkGroups links;
    private final Problems problems;
    private RowStream rows = () -> null;
    private boolean linking;
    /** What was given of the inode in hand: further names are links to it. */
    private @Nullable Row first;

    RestorePlanner(
            SnapshotSet set,
            List<RawPath> paths,
            Predicate<Row> keep,
            BlobSource blobs,
            Path temporary,
            Problems problems) {
        this.problems = problems;
        this.set = set;
        this.blobs = blobs;
        this.keep = keep;
        this.paths = new ArrayDeque<>(outermost(paths));
        this.above = new ArrayDeque<>(above(this.paths));
        this.links = new LinkGroups(temporary);
    }

    /** Paths that are below no other of them: nothing is given twice. */
    private static List<RawPath> outermost(List<RawPath> paths) {
        if (paths.isEmpty()) {
            return List.of(RawPath.ROOT);
        }
        return paths.stream()
                .distinct()
                .sorted()
                .filter(path -> paths.stream().noneMatch(other -> !other.equals(path) && other.contains(path)))
                .toList();
    }

    /** The directories above these paths, but for the top, each before those below it: what protects what is chosen. */
    private static Set<RawPath> above(Collection<RawPath> paths) {
        Set<RawPath> out = new TreeSet<>();
        for (RawPath path : paths) {
            for (RawPath at = path.parent(); !at.isRoot(); at = at.parent()) {
                out.add(at);
            }
        }
        return out;
    }

    @Nullable
    Step next() {
        for (RawPath path = above.poll(); path != null; path = above.poll()) {
            Row row = directory(path);
            if (row != null) {
                return new Step(row, null);
            }
        }
        if (window.isEmpty() && !linking) {
            fill();
        }
        Row row = window.poll();
        if (row == null) {
            return nextLinked();
        }
        held.remove(row);
        return new Step(row, null);
    }

    /** Null where it is not known: it gets what the target gives a directory that nothing is known of. */
    private @Nullable Row directory(RawPath path) {
        try {
            Row row = set.find(path);
            return row != null && row.isDirectory() ? row : null;
        } catch (FormatException damaged) {
            damaged(path, path + ": its attributes are not restored: " + damaged.getMessage());
            return null;
        }
    }

    /** Directories and what needs nothing of the store in their order, then the rest as it lies there. */
    private void fill() {
        List<Placed> placed = new ArrayList<>();
        while (window.size() + placed.size() < windowRows && !held.isFull()) {
            Row row = kept();
            if (row == null) {
                linking = true;
                break;
            }
            BlobId blob = firstBlob(row);
            if (blob == null) {
                window.add(row);
            } else {
                placed.add(new Placed(row, blobs.place(blob)));
            }
            held.add(row);
        }
        placed.sort(Comparator.comparingLong(Placed::place));
        placed.forEach(one -> window.add(one.row));
    }

    private static @Nullable BlobId firstBlob(Row row) {
        try {
            return row.content().firstBlob();
        } catch (FormatException damaged) {
            return null; // whoever reads the content says so, and fails this row only
        }
    }

    /** The next row of one name; null at the end. Gathers those of several. */
    private @Nullable Row kept() {
        while (true) {
            Row row = pull();
            if (row == null) {
                RawPath path = paths.poll();
                if (path == null) {
                    return null;
                }
                rows = set.rows(path);
            } else if (isToGive(row)) {
                return row;
            }
        }
    }

    /** Keeps rows of several names for later. */
    private boolean isToGive(Row row) {
        try {
            if (!keep.test(row)) {
                return false;
            }
            if (LinkGroups.isLinked(row)) {
                links.add(row);
                return false;
            }
            return true;
        } catch (FormatException damaged) {
            damaged(row.path(), row + ": not restored: " + damaged.getMessage());
            return false;
        }
    }

    /** The next row; what is damaged is reported and passed over. */
    private @Nullable Row pull() {
        while (true) {
            try {
                return rows.next();
            } catch (FormatException damaged) {
                RawPath where = damaged instanceof MissingRowsException missing ? missing.directory() : RawPath.ROOT;
                damaged(where, "Missing from this restore: " + damaged.getMessage());
            }
        }
    }

    private void damaged(RawPath path, String message) {
        problems.add(new Problem(path, Problem.Severity.ERROR, "damaged directory in the store", message));
    }

    private @Nullable Step nextLinked() {
        for (LinkGroups.Name name = links.next(); name != null; name = links.next()) {
            if (name.first()) {
                first = null; // of the inode before
            }
            Row row = again(name.path());
            if (row != null) {
                Row given = first;
                if (given != null && isOneInode(given, row)) {
                    return new Step(row, given.path());
                }
                first = row;
                return new Step(row, null);
            }
        }
        return null;
    }

    /**
     * Two names of one inode number: of a tree that changed under its backup they may be of two inodes, of which the later
     * one got the number of the other. What was stored as a link is one; else size, mtime and content tell.
     */
    private boolean isOneInode(Row given, Row row) {
        Inode one = given.inode();
        Inode other = row.inode();
        if (one.type() != other.type()) {
            return false;
        }
        if (!other.isRegular() || row.content().kind() == Content.Kind.LINK) {
            return true;
        }
        try {
            Row holder = set.resolve(given);
            return holder == null
                    || one.sizeBytes() == other.sizeBytes()
                            && one.mtime().equals(other.mtime())
                            && holder.content().equals(row.content());
        } catch (FormatException damaged) {
            return false; // as a file of its own it has what it needs
        }
    }

    /** The row of a name that was met before; null where it cannot be found there, which is reported. */
    private @Nullable Row again(RawPath path) {
        String why;
        try {
            Row row = set.find(path);
            if (row != null) {
                return row;
            }
            why = "no directory of the snapshot can have an entry of that name; refused";
        } catch (FormatException damaged) {
            why = String.valueOf(damaged.getMessage());
        }
        problems.add(new Problem(
                path,
                Problem.Severity.ERROR,
                "damaged in the store",
                path + ": one of several names of a file, not restored: " + why));
        return null;
    }

    /** The name just given could not be given whole: the next one of its inode is tried as a file of its own. */
    void failed(RawPath path) {
        if (first != null && first.path().equals(path)) {
            first = null;
        }
    }

    @Override
    public void close() {
        links.close();
    }
}
