package io.stripeline.backend;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Keys of the plugin command and of the configuration file. */
enum Key {
    PATH(true),
    FS(true),
    SHARD(true),
    SHARD_BY(true),
    MODE(true),
    INCREMENTAL(true),
    INCLUDE(true),
    EXCLUDE(true),
    ONE_FS(true),
    FS_TYPES(true),
    EXCLUDE_DIR_CONTAINING(true),
    XATTRS(true),
    ACL(true),
    ON_CHANGE(true),
    HSM(false),
    DEDUP(false),
    RATE(true),
    LOAD(false),
    READER(false),
    WORKERS(true),
    READ_AHEAD(true),
    CONFIG(true),
    LAYOUT(true),
    DEVICES(true),
    OVERWRITE(true),
    METADATA(true);

    /** What the File Daemon and its plugin add to the command, or keep for themselves. */
    private static final Set<String> OF_THE_PLUGIN = Set.of("accurate", "abort_on_error", "listing", "query", "slx");

    /** Keys that only the plugin command has: a default for all jobs would be a mistake. */
    private static final Set<Key> ONLY_COMMAND = Set.of(PATH, SHARD, CONFIG, OVERWRITE);

    private final boolean built;

    Key(boolean built) {
        this.built = built;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** False for what later releases can do. */
    boolean isBuilt() {
        return built;
    }

    boolean isForFiles() {
        return !ONLY_COMMAND.contains(this);
    }

    static Optional<Key> of(String word) {
        return Arrays.stream(values())
                .filter(key -> key.word().equalsIgnoreCase(word))
                .findFirst();
    }

    static boolean isOfThePlugin(String word) {
        return OF_THE_PLUGIN.contains(word.toLowerCase(Locale.ROOT));
    }

    static List<String> words() {
        return Arrays.stream(values()).map(Key::word).toList();
    }
}
