package io.stripeline.ptcomm.cursor;

import io.stripeline.FileSystemId;
import io.stripeline.change.Cursor;
import io.stripeline.snapshot.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What of a filesystem's log a future job may still ask for. Of each set of jobs (jobs that save the same) that is all
 * since the last full backup which a job that Bacula named as a base proves to be good: it, or a later one, was named.
 * Until one was named it is all. Where jobs began that are at work now is needed as well. Nothing older than {@code least}
 * counts: a job that is based on it finds its changes lost, and scans.
 */
final class Needed {
    private final Instant least;

    Needed(Instant least) {
        this.least = least;
    }

    /** The oldest position that is needed in the log of a filesystem; in a turn. */
    Optional<Cursor> oldest(Path directory, FileSystemId id) throws IOException {
        Map<String, List<Path>> sets = new TreeMap<>();
        for (Path file : files(directory, CursorStore.SUFFIX)) {
            sets.computeIfAbsent(what(file), w -> new ArrayList<>()).add(file);
        }
        List<SourceRecord.Source> all = new ArrayList<>();
        for (Collection<Path> set : sets.values()) {
            for (Path file : needed(set)) {
                all.addAll(sources(CursorStore.sibling(file, CursorStore.CHANGES)));
            }
        }
        for (Path file : files(directory, Running.SUFFIX)) {
            if (Running.isAlive(file)) {
                all.addAll(sources(file));
            }
        }
        return all.stream()
                .filter(one -> one.id().equals(id))
                .min(Comparator.comparingLong(SourceRecord.Source::turn))
                .map(SourceRecord.Source::cursor);
    }

    private static List<Path> files(Path directory, String suffix) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> file.toString().endsWith(suffix)).toList();
        }
    }

    private static String what(Path file) {
        String name = file.getFileName().toString();
        String stem = name.substring(0, name.length() - CursorStore.SUFFIX.length());
        return stem.substring(stem.lastIndexOf('.') + 1);
    }

    private List<Path> needed(Collection<Path> set) throws IOException {
        List<Path> newestFirst = new ArrayList<>(set);
        newestFirst.sort(Comparator.comparing(CursorStore::age).reversed());
        List<Path> out = new ArrayList<>();
        boolean good = false;
        for (Path file : newestFirst) {
            if (CursorStore.age(file).isBefore(least)) {
                break;
            }
            out.add(file);
            good |= Files.exists(CursorStore.sibling(file, CursorStore.SINCE));
            if (good && CursorStore.isFull(file)) {
                break;
            }
        }
        return out;
    }

    private static List<SourceRecord.Source> sources(Path file) throws IOException {
        try {
            return SourceRecord.open(file).sources();
        } catch (NoSuchFileException | FormatException none) {
            return List.of(); // a job that is based on it scans, and says why
        }
    }
}
