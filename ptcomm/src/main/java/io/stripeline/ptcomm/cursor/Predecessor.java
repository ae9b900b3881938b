package io.stripeline.ptcomm.cursor;

import io.stripeline.ptcomm.JobBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds the cursor of the job that another one is based on. A Virtual Full has a name that no host knows, and as its time
 * the start of the last job in it, whose cursor is meant then. An older cursor than the base's is always right, since it
 * means that more is sent; a younger one never is.
 */
final class Predecessor {
    /** A scan begins soon after its job: plugins start, devices are mounted. What comes later is another job's. */
    private static final long SCAN_BEGINS_WITHIN_SECONDS = 300;

    /** bacula-fd makes up for a clock that is another than the Director's, but for this. */
    private static final long CLOCKS_DIFFER_SECONDS = 3;

    /** What Bacula puts behind a job's name: when it was started, and a number. */
    private static final Pattern STARTED = Pattern.compile("\\.\\d{4}-\\d\\d-\\d\\d_\\d\\d\\.\\d\\d\\.\\d\\d_\\d+$");

    /** The name of a job without when it was started, of the name of its cursor: as good as that of its Job resource. */
    static String withoutStart(Path cursor) {
        String name = cursor.getFileName().toString();
        String stem = name.substring(0, name.length() - CursorStore.SUFFIX.length());
        int hash = stem.lastIndexOf('.');
        return STARTED.matcher(stem.substring(0, hash)).replaceFirst("");
    }

    private record Candidate(Path file, long startSeconds) {}

    private final CursorStore store;
    private final Path directory;
    private final String what;
    private final Consumer<String> warning;
    private boolean said;
    private boolean saidForgotten;

    Predecessor(CursorStore store, Path directory, String what, Consumer<String> warning) {
        this.store = store;
        this.directory = directory;
        this.what = what;
        this.warning = warning;
    }

    /** The cursor that {@code job} goes by; nothing where there is none. Says what is unusual. */
    Optional<Path> of(JobBlock job) throws IOException {
        long since = job.since().orElse(-1);
        if (!job.previousJob().isEmpty()) {
            Path named = store.file(job.previousJob(), CursorStore.SUFFIX);
            if (Files.exists(named)) {
                rememberSince(job.previousJob(), since);
                return Optional.of(named);
            }
        }
        Optional<Path> told = ofSince(since).filter(Files::exists);
        if (told.isPresent()) {
            return told;
        }
        List<Candidate> all = candidates();
        Optional<Path> started = ofSince(since).isPresent() ? Optional.empty() : startedAt(all, job, since);
        if (started.isPresent()) {
            return started;
        }
        Optional<Candidate> older = all.stream()
                .filter(one -> one.startSeconds < since - CLOCKS_DIFFER_SECONDS)
                .max(Comparator.comparingLong(Candidate::startSeconds));
        if (older.isPresent() && !said) {
            said = true;
            warning.accept("this host has no cursor of the base job "
                    + (job.previousJob().isEmpty() ? "(which is not named, as in estimates)" : job.previousJob())
                    + " and goes by an older one: what has changed since that is sent");
        }
        return older.map(Candidate::file);
    }

    /** The one that a later job called its base, with this time. */
    private Optional<Path> ofSince(long since) throws IOException {
        for (Path file : files(CursorStore.SINCE)) {
            if (Files.readString(file).trim().equals(Long.toString(since))) {
                String name = file.getFileName().toString();
                return Optional.of(directory.resolve(
                        name.substring(0, name.length() - CursorStore.SINCE.length()) + CursorStore.SUFFIX));
            }
        }
        return Optional.empty();
    }

    /** The last job in a Virtual Full, which nobody has named yet: the first of its name that began to scan then. */
    private Optional<Path> startedAt(List<Candidate> all, JobBlock job, long since) {
        String name = STARTED.matcher(job.previousJob()).replaceFirst("");
        String prefix = store.file(name, "").getFileName().toString();
        String started = prefix.substring(0, prefix.length() - what.length());
        return all.stream()
                .filter(one -> one.file.getFileName().toString().startsWith(started))
                .filter(one -> one.startSeconds >= since - CLOCKS_DIFFER_SECONDS
                        && one.startSeconds <= since + SCAN_BEGINS_WITHIN_SECONDS)
                .min(Comparator.comparingLong(Candidate::startSeconds))
                .map(Candidate::file);
    }

    private List<Candidate> candidates() throws IOException {
        List<Candidate> out = new ArrayList<>();
        for (Path file : files(CursorStore.SUFFIX)) {
            ByteBuffer start = ByteBuffer.allocate(Long.BYTES);
            try (FileChannel channel = FileChannel.open(file)) {
                if (channel.read(start, JobCursor.START_AT) == Long.BYTES) { // else whoever opens it says so
                    out.add(new Candidate(file, start.getLong(0)));
                }
            }
        }
        return out;
    }

    private List<Path> files(String suffix) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(path -> path.getFileName().toString().startsWith("job-")
                            && path.toString().endsWith("." + what + suffix))
                    .toList();
        }
    }

    /** Without it only a job whose base is a Virtual Full may send more than it has to. */
    private void rememberSince(String job, long since) {
        Path target = store.file(job, CursorStore.SINCE);
        if (since < 0 || Files.exists(target)) {
            return;
        }
        Path temporary = target.resolveSibling("." + target.getFileName() + ".tmp");
        try {
            Files.writeString(temporary, Long.toString(since));
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            if (!saidForgotten) {
                saidForgotten = true;
                warning.accept("when the base job began cannot be kept in " + target + " (" + failed
                        + "): an incremental that follows a Virtual Full may send more than it has to");
            }
        }
    }
}
