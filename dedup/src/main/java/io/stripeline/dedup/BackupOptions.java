package io.stripeline.dedup;

import io.stripeline.Shard;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How to back up. Immutable; each verb returns a copy.
 *
 * @param shard which part of the set
 * @param set id that the shards of one set share; empty for a fresh one, which only fits a set of one
 * @param tags free text kept with the snapshot
 * @param selection what the walk is told to take and to leave out, in a stable order; empty for everything. Only a
 *     backup of the same selection replaces what a crashed one left.
 * @param host name of the machine, for people
 * @param user who runs it, for people
 * @param program name and version of the program
 * @param checkpointEvery how often what was stored is made durable with a partial snapshot; less often where that
 *     takes long; zero for after every item
 * @param temporary directory for temporary files
 * @param keepAtime keep access times, which makes every file that was read look changed
 */
public record BackupOptions(
        Shard shard,
        String set,
        List<String> tags,
        List<String> selection,
        String host,
        String user,
        String program,
        Duration checkpointEvery,
        Path temporary,
        boolean keepAtime) {
    public BackupOptions {
        tags = List.copyOf(tags);
        selection = List.copyOf(selection);
        if (!shard.isAll() && set.isEmpty()) {
            throw new IllegalArgumentException(
                    "Shard " + shard + " needs the id of its set, the same for all shards of it");
        }
    }

    /** Everything, a checkpoint every ten minutes. */
    public static BackupOptions standard() {
        return new BackupOptions(
                Shard.ALL,
                "",
                List.of(),
                List.of(),
                "localhost",
                System.getProperty("user.name", ""),
                "stripeline",
                Duration.ofMinutes(10),
                Path.of(System.getProperty("java.io.tmpdir")),
                false);
    }

    public BackupOptions shard(Shard part, String setId) {
        return new BackupOptions(
                part, setId, tags, selection, host, user, program, checkpointEvery, temporary, keepAtime);
    }

    public BackupOptions tags(List<String> texts) {
        return new BackupOptions(
                shard, set, texts, selection, host, user, program, checkpointEvery, temporary, keepAtime);
    }

    public BackupOptions selection(List<String> texts) {
        return new BackupOptions(shard, set, tags, texts, host, user, program, checkpointEvery, temporary, keepAtime);
    }

    public BackupOptions host(String name) {
        return new BackupOptions(
                shard, set, tags, selection, name, user, program, checkpointEvery, temporary, keepAtime);
    }

    public BackupOptions program(String nameAndVersion) {
        return new BackupOptions(
                shard, set, tags, selection, host, user, nameAndVersion, checkpointEvery, temporary, keepAtime);
    }

    public BackupOptions checkpointEvery(Duration interval) {
        return new BackupOptions(shard, set, tags, selection, host, user, program, interval, temporary, keepAtime);
    }

    public BackupOptions temporary(Path directory) {
        return new BackupOptions(
                shard, set, tags, selection, host, user, program, checkpointEvery, directory, keepAtime);
    }

    public BackupOptions keepAtime(boolean keep) {
        return new BackupOptions(shard, set, tags, selection, host, user, program, checkpointEvery, temporary, keep);
    }
}
