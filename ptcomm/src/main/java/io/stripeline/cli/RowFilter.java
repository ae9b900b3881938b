package io.stripeline.cli;

import io.stripeline.inode.Dir;
import io.stripeline.inode.RawPath;
import io.stripeline.scan.Glob;
import io.stripeline.snapshot.Row;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a snapshot to restore, by the rules of a walk: what matches an exclude is left out with all below it; a
 * file needs an include if there is one; directories on the way are kept. One thread.
 */
final class RowFilter implements Predicate<Row> {
    private final List<Glob> includes;
    private final List<Glob> excludes;
    private @Nullable Dir last;
    private boolean lastIsOut;

    private RowFilter(List<Glob> includes, List<Glob> excludes) {
        this.includes = includes;
        this.excludes = excludes;
    }

    /** @throws Trouble.Usage for a pattern that is none */
    static RowFilter of(List<String> includes, List<String> excludes) {
        return new RowFilter(
                includes.stream()
                        .map(glob -> Given.as("--include", glob, Glob::parse))
                        .toList(),
                excludes.stream()
                        .map(glob -> Given.as("--exclude", glob, Glob::parse))
                        .toList());
    }

    @Override
    public boolean test(Row row) {
        if (includes.isEmpty() && excludes.isEmpty()) {
            return true;
        }
        RawPath path = row.path();
        if (isBelowExcluded(row.dir()) || matches(excludes, path)) {
            return false;
        }
        return includes.isEmpty() || row.isDirectory() || matches(includes, path);
    }

    private boolean isBelowExcluded(Dir dir) {
        if (dir != last) { // consecutive rows share it
            last = dir;
            lastIsOut = false;
            for (Dir at = dir; at.parent() != null && !lastIsOut; at = at.parent()) {
                lastIsOut = matches(excludes, at.path());
            }
        }
        return lastIsOut;
    }

    private static boolean matches(List<Glob> globs, RawPath path) {
        for (Glob glob : globs) {
            if (!path.isRoot() && glob.matches(path)) {
                return true;
            }
        }
        return false;
    }
}
