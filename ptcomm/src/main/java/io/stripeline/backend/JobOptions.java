package io.stripeline.backend;

import io.stripeline.Shard;
import io.stripeline.flow.Throttle;
import io.stripeline.inode.RawPath;
import io.stripeline.ptcomm.Parameters;
import io.stripeline.scan.ScanSpec;
import io.stripeline.write.RestorePlan.Overwrite;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a job is to do, from the plugin command and the configuration file: a key of the command outranks the same key of
 * the file.
 */
final class JobOptions {
    /** A value that makes no sense, or that this release cannot do: the message is the line that the job ends with. */
    static final class Bad extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Bad(String message) {
            super(message, null, false, false);
        }
    }

    private final Parameters command;
    private final Parameters file;

    JobOptions(Parameters command, Parameters file) {
        this.command = command;
        this.file = file;
    }

    private Optional<String> value(Key key) {
        Optional<String> own = command.last(key.word());
        return (own.isPresent() ? own : file.last(key.word())).map(String::trim);
    }

    /** The trees, absolute, in order. */
    List<RawPath> paths() {
        List<RawPath> out = new ArrayList<>();
        for (byte[] path : command.each(Key.PATH.word())) {
            RawPath one = RawPath.of(withoutSlashes(path));
            if (!one.isAbsolute()) {
                throw new Bad("path=" + one + " is not absolute: write path=/" + one);
            }
            for (RawPath other : out) {
                if (other.contains(one) || one.contains(other)) {
                    throw new Bad(
                            "path=" + one + " and path=" + other + " overlap: what is in both would be saved twice");
                }
            }
            out.add(one);
        }
        if (out.isEmpty()) {
            throw new Bad("The plugin command has no path=: write for example Plugin = \"stripeline: path=/lustre\"");
        }
        return out;
    }

    private static byte[] withoutSlashes(byte[] path) {
        int end = path.length;
        while (end > 1 && path[end - 1] == '/') {
            end--;
        }
        return Arrays.copyOf(path, end);
    }

    /** Name of the driver, empty where the best one is taken. */
    Optional<String> driver() {
        return value(Key.FS).filter(name -> !name.equals("auto"));
    }

    Shard shard() {
        Optional<String> text = value(Key.SHARD);
        Shard.By by = switch (value(Key.SHARD_BY).orElse("subtree").toLowerCase(Locale.ROOT)) {
            case "subtree" -> Shard.By.SUBTREE;
            case "hash" -> Shard.By.HASH;
            default -> throw bad(Key.SHARD_BY, "hash or subtree");
        };
        try {
            return text.isEmpty() ? Shard.ALL : Shard.parse(text.get(), by);
        } catch (IllegalArgumentException wrong) {
            throw new Bad("shard=" + text.orElse("") + ": " + wrong.getMessage());
        }
    }

    /** What to walk. */
    ScanSpec scan() {
        ScanSpec spec =
                ScanSpec.all().shard(shard()).oneFileSystem(isYes(Key.ONE_FS)).workers(workers());
        for (String glob : globs(Key.INCLUDE)) {
            spec = spec.include(glob);
        }
        for (String glob : globs(Key.EXCLUDE)) {
            spec = spec.exclude(glob);
        }
        return spec;
    }

    /** Names that keep a directory which has an entry of one of them out of the backup, as bytes. */
    List<byte[]> markers() {
        List<byte[]> own = command.each(Key.EXCLUDE_DIR_CONTAINING.word());
        List<byte[]> all = own.isEmpty() ? file.each(Key.EXCLUDE_DIR_CONTAINING.word()) : own;
        for (byte[] name : all) {
            if (name.length == 0 || new String(name, StandardCharsets.ISO_8859_1).indexOf('/') >= 0) {
                throw new Bad(Key.EXCLUDE_DIR_CONTAINING.word() + "=" + RawPath.printable(name)
                        + ": expected the name of an entry, without slashes");
            }
        }
        return all;
    }

    /** Kinds of filesystems that are entered, as /proc/mounts names them; none for any. */
    Set<String> fsTypes() {
        return value(Key.FS_TYPES).stream()
                .flatMap(list -> Arrays.stream(list.split("[, ]+", -1)))
                .filter(type -> !type.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether the job says what becomes of other filesystems below its trees. */
    boolean saysFileSystems() {
        return value(Key.ONE_FS).isPresent() || !fsTypes().isEmpty();
    }

    private List<String> globs(Key key) {
        List<byte[]> own = command.each(key.word());
        List<byte[]> all = own.isEmpty() ? file.each(key.word()) : own;
        return all.stream()
                .map(glob -> new String(glob, StandardCharsets.UTF_8))
                .toList();
    }

    /**
     * What the job is told to save of its trees, from the command and the file together, but for the shard: two jobs with
     * the same text save the same of the same tree. bacula-fd sees the command only, so it is no help where the file changes.
     */
    byte[] selection() {
        KeptAttributes kept = attributes();
        return ("include=" + globs(Key.INCLUDE) + "\nexclude=" + globs(Key.EXCLUDE) + "\nexclude_dir_containing="
                        + markers().stream().map(RawPath::printable).toList()
                        + "\none_fs=" + isYes(Key.ONE_FS)
                        + "\nfs_types=" + fsTypes().stream().sorted().toList()
                        + "\nshard_by=" + shard().by()
                        + "\n" + kept)
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Most requests in flight; 0 adapts it. */
    int workers() {
        return number(Key.WORKERS, 0, 0, 1024);
    }

    /** Entries read ahead of the pipe; 0 for the reader's own number. */
    int readAhead() {
        return number(Key.READ_AHEAD, 0, 1, 4096);
    }

    Throttle throttle() {
        try {
            return value(Key.RATE).map(Throttle::parse).orElseGet(Throttle::unlimited);
        } catch (IllegalArgumentException wrong) {
            throw bad(Key.RATE, "bytes a second, for example 200M: " + wrong.getMessage());
        }
    }

    /** How an incremental finds what changed. */
    enum Incremental {
        /** From the filesystem's log of changes where there is one, else by times. */
        AUTO,
        /** By a scan that compares times. */
        TIME,
        /** From the log of changes; a tree without one is an error. */
        NATIVE
    }

    Incremental incremental() {
        return switch (value(Key.INCREMENTAL).orElse("auto").toLowerCase(Locale.ROOT)) {
            case "auto" -> Incremental.AUTO;
            case "time" -> Incremental.TIME;
            case "native" -> Incremental.NATIVE;
            default -> throw bad(Key.INCREMENTAL, "auto, time or native");
        };
    }

    /** Refuses what this release cannot do, before anything is saved that is less than what was asked for. */
    void checkKnown() {
        if (!value(Key.MODE).orElse("data").equals("data")) {
            throw bad(Key.MODE, "data; metadata-only jobs are not in this release");
        }
        if (!value(Key.ON_CHANGE).orElse("warn").equals("warn")) {
            throw bad(Key.ON_CHANGE, "warn; a file that changed while it was read is sent again by the next job");
        }
        markers();
        overwrite();
        for (Key key : Key.values()) {
            Optional<String> value = value(key);
            if (!key.isBuilt()
                    && value.isPresent()
                    && !value.get().equals("none")
                    && !value.get().equals("local")) {
                throw new Bad(key.word() + "= is not in this release; leave it away");
            }
        }
    }

    /** Which attributes to keep. */
    KeptAttributes attributes() {
        return new KeptAttributes(isYes(Key.XATTRS, "yes"), isYes(Key.ACL, "yes"), isYes(Key.LAYOUT, "yes"));
    }

    /** What a restore does where a name is there already; empty for what the job's Replace says. */
    Optional<Overwrite> overwrite() {
        return switch (value(Key.OVERWRITE).orElse("").toLowerCase(Locale.ROOT)) {
            case "" -> Optional.empty();
            case "always" -> Optional.of(Overwrite.ALWAYS);
            case "newer" -> Optional.of(Overwrite.NEWER);
            case "older" -> Optional.of(Overwrite.OLDER);
            case "never" -> Optional.of(Overwrite.NEVER);
            default -> throw bad(Key.OVERWRITE, "always, newer, older or never");
        };
    }

    /**
     * Whether a restore makes devices, sockets and fifos: it does unless told otherwise, as the prompt of the plugin's
     * options says.
     */
    boolean devices() {
        return isYes(Key.DEVICES, "yes");
    }

    private boolean isYes(Key key) {
        return isYes(key, "no");
    }

    private boolean isYes(Key key, String missing) {
        return switch (value(key).orElse(missing).toLowerCase(Locale.ROOT)) {
            case "yes", "1", "true", "on" -> true;
            case "no", "0", "false", "off" -> false;
            default -> throw bad(key, "yes or no");
        };
    }

    private int number(Key key, int missing, int least, int most) {
        Optional<String> text = value(key);
        if (text.isEmpty()) {
            return missing;
        }
        try {
            int number = Integer.parseInt(text.get());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // the message below says what is expected
        }
        throw bad(key, "a number from " + least + " to " + most);
    }

    private Bad bad(Key key, String expected) {
        return new Bad(key.word() + "=" + value(key).orElse("") + ": expected " + expected);
    }
}
