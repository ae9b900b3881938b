package io.stripeline.ptcomm.cursor;

import io.stripeline.FileSystemId;
import io.stripeline.change.Cursor;
import io.stripeline.ptcomm.JobBlock;
import io.stripeline.ptcomm.Parameters;
import io.stripeline.snapshot.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The cursors of this host's jobs, one directory. */
public final class CursorStore {
    /** Keys that say what is saved; with others the base is the same. */
    private static final List<String> WHAT =
            List.of("path", "shard", "shard_by", "include", "exclude", "exclude_dir_containing", "one_fs", "fs_types");

    private static final Duration KEPT = Duration.ofDays(60);
    static final String SUFFIX = ".cursor";
    static final String SINCE = ".since";
    static final String CHANGES = ".changes";

    private final Path directory;
    private final String what;
    private final Consumer<String> warning;
    private final Predecessor predecessor;

    private CursorStore(Path directory, String what, Consumer<String> warning) {
        this.directory = directory;
        this.what = what;
        this.warning = warning;
        this.predecessor = new Predecessor(this, directory, what, warning);
    }

    /**
     * The store below bacula-fd's working directory, made if it is missing.
     *
     * @param warning takes lines for the job's log
     */
    public static CursorStore open(Path workingDirectory, Parameters parameters, Consumer<String> warning)
            throws IOException {
        Path directory = workingDirectory.resolve("stripeline").resolve("cursors");
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return new CursorStore(directory, hash(parameters), warning);
    }

    private static String hash(Parameters parameters) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (Parameters.Parameter one : parameters.all()) {
                if (WHAT.contains(one.key().toLowerCase(Locale.ROOT))) {
                    byte[] key = one.key().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
                    sha256.update(ByteBuffer.allocate(8)
                            .putInt(key.length)
                            .putInt(one.value().length)
                            .array());
                    sha256.update(key);
                    sha256.update(one.value());
                }
            }
            return HexFormat.of().formatHex(sha256.digest(), 0, 8);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }

    Path file(String job, String suffix) {
        StringBuilder name = new StringBuilder();
        for (byte b : job.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean plain = c < 128 && (Character.isLetterOrDigit(c) || c == '.' || c == '_' || c == '-');
            name.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
        }
        return directory.resolve("job-" + name + "." + what + suffix);
    }

    /** Starts the cursor of a job whose scan begins now. */
    public CursorWriter begin(JobBlock job, Instant start) {
        return new CursorWriter(
                file(job.name(), SUFFIX), file(job.name(), CHANGES), job.level().letter(), start.getEpochSecond());
    }

    /** The cursor of the job that this one is based on; nothing, with a warning, where there is none to go by. */
    public Optional<JobCursor> base(JobBlock job) {
        String missing = "this host has no cursor of the base job "
                + (job.previousJob().isEmpty() ? "(which the plugin does not name)" : job.previousJob());
        try {
            Optional<Path> file = predecessor.of(job);
            Optional<JobCursor> base = file.isPresent() ? read(file.get()) : Optional.empty();
            if (base.isPresent()) {
                return base;
            }
        } catch (IOException | UncheckedIOException unreadable) {
            missing = unreadable(unreadable);
        }
        warning.accept(
                missing + ": goes by the Director's time alone. What was unreadable then is not tried again unless"
                        + " it changed, and a renamed directory is sent whole only where nothing was changed in it since");
        return Optional.empty();
    }

    /** True where the base job left cursors, and none of what this job saves: its plugin command was another one. */
    public boolean wasOtherwise(JobBlock job) {
        String own = file(job.previousJob(), SUFFIX).getFileName().toString();
        String start = own.substring(0, own.length() - what.length() - SUFFIX.length());
        try (Stream<Path> all = Files.list(directory)) {
            List<String> left = all.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith(start) && name.endsWith(SUFFIX))
                    .toList();
            return !job.previousJob().isEmpty() && !left.isEmpty() && !left.contains(own);
        } catch (IOException unreadable) {
            return false; // which was said where the base was looked for
        }
    }

    private String unreadable(Exception why) {
        return "the cursors in " + directory + " cannot be read (" + why + ")";
    }

    /**
     * Where the change sources stood for the job that this one is based on; nothing where that job kept none, and with a
     * warning where what it kept is damaged or cannot be read.
     */
    public Optional<SourceRecord> changes(JobBlock job) {
        try {
            Optional<Path> base = predecessor.of(job);
            return base.isEmpty() ? Optional.empty() : Optional.of(SourceRecord.open(sibling(base.get(), CHANGES)));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (FormatException damaged) {
            warning.accept("the changes since the base job cannot be asked for: " + damaged.getMessage());
            return Optional.empty();
        } catch (IOException | UncheckedIOException unreadable) {
            warning.accept(unreadable(unreadable) + ": the changes since the base job cannot be asked for");
            return Optional.empty();
        }
    }

    /**
     * Tells {@code source} the oldest position in the log of a filesystem's changes that a job of this host may still ask
     * for, running ones included; nothing where no job may. After a commit.
     */
    public void acknowledge(FileSystemId id, Instant now, Consumer<Cursor> source) throws IOException {
        Turns.take(directory, id, turn -> {
            Optional<Cursor> oldest = new Needed(now.minus(KEPT)).oldest(directory, id);
            oldest.ifPresent(source);
            return oldest;
        });
    }

    /** The other file of the job whose cursor this is. */
    static Path sibling(Path cursor, String suffix) {
        String name = cursor.getFileName().toString();
        return cursor.resolveSibling(name.substring(0, name.length() - SUFFIX.length()) + suffix);
    }

    private Optional<JobCursor> read(Path file) throws IOException {
        try {
            return Optional.of(JobCursor.open(file));
        } catch (NoSuchFileException missing) {
            return Optional.empty();
        } catch (FormatException damaged) {
            warning.accept("the cursor of the base job cannot be used: " + damaged.getMessage());
            return Optional.empty();
        }
    }

    /** Removes what no job will name any more; after a commit. */
    public void expire(Instant now) throws IOException {
        List<Path> mine;
        try (Stream<Path> all = Files.list(directory)) {
            mine = all.filter(path -> path.toString().endsWith("." + what + SUFFIX))
                    .sorted(Comparator.comparing(CursorStore::age).reversed())
                    .toList();
        }
        Map<String, List<Path>> byJob = new TreeMap<>();
        for (Path file : mine) {
            byJob.computeIfAbsent(Predecessor.withoutStart(file), name -> new ArrayList<>())
                    .add(file);
        }
        for (List<Path> newestFirst : byJob.values()) {
            expire(newestFirst, now);
        }
    }

    /** Of one job: what is older than a full backup that is proved to be good, since it, or a later one, was named. */
    private static void expire(List<Path> newestFirst, Instant now) throws IOException {
        boolean named = false;
        boolean full = false;
        for (Path file : newestFirst) {
            if (full && age(file).isBefore(now.minus(KEPT))) {
                Files.deleteIfExists(file);
                Files.deleteIfExists(sibling(file, SINCE));
                Files.deleteIfExists(sibling(file, CHANGES));
            }
            named |= Files.exists(sibling(file, SINCE));
            full |= named && isFull(file);
        }
    }

    static Instant age(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException gone) {
            return Instant.EPOCH;
        }
    }

    static boolean isFull(Path file) throws IOException {
        try (java.io.InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(13);
            return head.length == 13 && head[12] == 'F';
        } catch (NoSuchFileException removed) {
            return false;
        }
    }
}
