package io.stripeline.dedup.store;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.snapshot.BlobId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Removes what crashed writers left unfinished, by the rule of {@code dedup/docs/store-format.md}, section 7: what was
 * there unchanged a day ago by this machine's monotonic clock, when every session that stood then has ended or was not
 * renewed since. What was seen is kept in a file of this machine, since few processes live for a day; a monotonic clock
 * counts from the boot, so an observation of another boot is worth nothing.
 */
final class Leftovers {
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    /** As long as prune waits for a session. */
    private static final Duration QUIET = Duration.ofHours(24);

    private static final String SEEN = "unfinished";
    private static final String END = "end";

    /** Sizes of what is unfinished, and what sessions say, by name. */
    private record Seen(String boot, long nanoTime, Map<String, String> unfinished, Map<String, String> sessions) {}

    private final BlobStore store;
    private final Path directory;
    private final String boot;
    private final LongSupplier nanoTime;

    /**
     * @param directory of this machine, made when it is needed
     * @param boot names the boot that the clock counts from
     * @param nanoTime of {@code CLOCK_MONOTONIC}, the same for all processes of one boot
     */
    Leftovers(BlobStore store, Path directory, String boot, LongSupplier nanoTime) {
        this.store = store;
        this.directory = directory;
        this.boot = boot;
        this.nanoTime = nanoTime;
    }

    /** Of this machine's clock, which {@link System#nanoTime} reads on Linux. */
    static Leftovers of(BlobStore store, Path directory) throws IOException {
        return new Leftovers(store, directory, Files.readString(BOOT).strip(), System::nanoTime);
    }

    /**
     * Looks once; answers how much was removed.
     *
     * @param ownSession left out of what stands in the way
     */
    int sweep(String ownSession) throws IOException {
        // First what is unfinished, then the sessions: a writer has its session before it begins anything else.
        Map<String, String> unfinished = new TreeMap<>();
        store.listUnfinished(entry -> unfinished.put(entry.name(), Long.toString(entry.sizeBytes())));
        Path file = directory.resolve(SEEN);
        if (unfinished.isEmpty()) {
            Files.deleteIfExists(file);
            return 0;
        }
        Map<String, String> sessions = sessions();
        sessions.remove("sessions/" + ownSession);
        Seen before = read(file);
        boolean sameClock = before.boot.equals(boot);
        if (sameClock && nanoTime.getAsLong() - before.nanoTime < QUIET.toNanos()) {
            return 0;
        }
        int removed = 0;
        if (sameClock && nobodyOf(before.sessions, sessions)) {
            for (Map.Entry<String, String> each : before.unfinished.entrySet()) {
                if (unfinished.remove(each.getKey(), each.getValue())) {
                    store.deleteUnfinished(each.getKey());
                    removed++;
                }
            }
        }
        write(file, new Seen(boot, nanoTime.getAsLong(), unfinished, sessions));
        return removed;
    }

    /** Whether none of those sessions was renewed since. */
    private static boolean nobodyOf(Map<String, String> before, Map<String, String> now) {
        return before.entrySet().stream()
                .allMatch(session -> session.getValue().equals(now.getOrDefault(session.getKey(), session.getValue())));
    }

    private Map<String, String> sessions() {
        List<String> names = new ArrayList<>();
        store.list("sessions", entry -> names.add(entry.name()));
        Map<String, String> out = new TreeMap<>();
        for (String name : names) {
            try {
                byte[] bytes = store.read(name, Envelope.MAX_BYTES);
                out.put(
                        name,
                        BlobId.of(Envelope.sha256(bytes, 0, bytes.length), 0).toString());
            } catch (PosixException failure) {
                if (failure.errno() != Errno.ENOENT) { // else it ended since it was listed
                    throw failure;
                }
            }
        }
        return out;
    }

    /** The last observation; one that counts for nothing where there is none, or a torn one. */
    private static Seen read(Path file) throws IOException {
        Seen nothing = new Seen("", 0, Map.of(), Map.of());
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException first) {
            return nothing;
        }
        if (lines.isEmpty() || !lines.get(lines.size() - 1).equals(END)) {
            return nothing;
        }
        try {
            return parse(lines);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException notOurs) {
            return nothing; // what is not known is not removed, and the next note replaces it
        }
    }

    private static Seen parse(List<String> lines) {
        String[] clock = lines.get(0).split(" ", 2);
        Seen out = new Seen(clock[0], Long.parseLong(clock[1]), new TreeMap<>(), new TreeMap<>());
        for (String line : lines.subList(1, lines.size() - 1)) {
            String[] words = line.split(" ", 2);
            boolean session = words[0].startsWith("sessions/") && !words[0].contains("/.");
            (session ? out.sessions : out.unfinished).put(words[0], words[1]);
        }
        return out;
    }

    private void write(Path file, Seen seen) throws IOException {
        CacheHome.make(directory);
        List<String> lines = new ArrayList<>();
        lines.add(seen.boot + " " + seen.nanoTime);
        seen.unfinished.forEach((name, size) -> lines.add(name + " " + size));
        seen.sessions.forEach((name, digest) -> lines.add(name + " " + digest));
        lines.add(END);
        Path fresh = Files.createTempFile(directory, SEEN, ".new");
        Files.write(fresh, lines, StandardCharsets.US_ASCII);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
