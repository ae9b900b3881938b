package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.BackendSession.Start;
import io.stripeline.ptcomm.JobBlock.Level;
import io.stripeline.ptcomm.JobBlock.Replace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What the daemon knows of a job and its plugin tells the backend, in the Job block.
 *
 * @param name unique name of the job
 * @param jobId of the catalog; sent as 0 in estimates, listings and queries
 * @param level sent in backups and estimates
 * @param since start of the base, seconds since 1970; sent where the level is not full
 * @param accurate whether there is a list of the director; told where the level is not full
 * @param where prefix of restored names, raw bytes, {@code /} for in place; null for none
 * @param regexWhere expression that has already changed the names; null for none
 * @param replace of a restore
 * @param namespace null where none is compiled in
 * @param previousJob unique name of the base, empty for none; null where it is not compiled in
 * @param workingDirectory of the daemon, no final slash
 * @param configDirectory of the daemon, with final slash
 * @param exeDirectory of the daemon, with final slash
 */
public record JobSettings(
        String name,
        long jobId,
        Level level,
        OptionalLong since,
        boolean accurate,
        byte @Nullable [] where,
        @Nullable String regexWhere,
        Replace replace,
        @Nullable String namespace,
        @Nullable String previousJob,
        String workingDirectory,
        String configDirectory,
        String exeDirectory) {
    /** A full backup, or a restore in place that replaces always. */
    public static JobSettings named(String name) {
        return new JobSettings(
                name,
                1,
                Level.FULL,
                OptionalLong.empty(),
                false,
                null,
                null,
                Replace.ALWAYS,
                "@stripeline",
                "",
                "/tmp",
                "/etc/bacula/",
                "/usr/sbin/");
    }

    /** Of a job that is based on another. */
    public JobSettings basedOn(Level newLevel, long sinceSeconds, String previous) {
        return new JobSettings(
                name,
                jobId,
                newLevel,
                OptionalLong.of(sinceSeconds),
                accurate,
                where,
                regexWhere,
                replace,
                namespace,
                previous,
                workingDirectory,
                configDirectory,
                exeDirectory);
    }

    public JobSettings withJobId(long id) {
        return new JobSettings(
                name,
                id,
                level,
                since,
                accurate,
                where,
                regexWhere,
                replace,
                namespace,
                previousJob,
                workingDirectory,
                configDirectory,
                exeDirectory);
    }

    public JobSettings withAccurate(boolean yes) {
        return new JobSettings(
                name,
                jobId,
                level,
                since,
                yes,
                where,
                regexWhere,
                replace,
                namespace,
                previousJob,
                workingDirectory,
                configDirectory,
                exeDirectory);
    }

    /** Restores below this prefix. */
    public JobSettings withWhere(String prefix) {
        return new JobSettings(
                name,
                jobId,
                level,
                since,
                accurate,
                prefix.getBytes(StandardCharsets.UTF_8),
                regexWhere,
                replace,
                namespace,
                previousJob,
                workingDirectory,
                configDirectory,
                exeDirectory);
    }

    /** Restores names that the caller changes by this expression. */
    public JobSettings withRegexWhere(String expression) {
        return new JobSettings(
                name,
                jobId,
                level,
                since,
                accurate,
                where,
                expression,
                replace,
                namespace,
                previousJob,
                workingDirectory,
                configDirectory,
                exeDirectory);
    }

    public JobSettings withReplace(Replace rule) {
        return new JobSettings(
                name,
                jobId,
                level,
                since,
                accurate,
                where,
                regexWhere,
                rule,
                namespace,
                previousJob,
                workingDirectory,
                configDirectory,
                exeDirectory);
    }

    /** Of a plugin that does not tell it. */
    public JobSettings withoutPreviousJob() {
        return new JobSettings(
                name,
                jobId,
                level,
                since,
                accurate,
                where,
                regexWhere,
                replace,
                namespace,
                null,
                workingDirectory,
                configDirectory,
                exeDirectory);
    }

    /** Where the daemon lives. */
    public JobSettings withDirectories(String working, String config, String exe) {
        return new JobSettings(
                name,
                jobId,
                level,
                since,
                accurate,
                where,
                regexWhere,
                replace,
                namespace,
                previousJob,
                working,
                config,
                exe);
    }

    boolean isAccurate(Start start) {
        return accurate && level != Level.FULL && (start == Start.BACKUP || start == Start.ESTIMATE);
    }

    /** The commands of the Job block, in the order that the stock plugin keeps. */
    List<byte[]> commands(Start start) {
        List<byte[]> out = new ArrayList<>();
        boolean levelled = start == Start.BACKUP || start == Start.ESTIMATE;
        boolean numbered = start == Start.BACKUP || start == Start.RESTORE;
        add(out, "Name", name);
        add(out, "JobID", Long.toString(numbered ? jobId : 0));
        add(out, "Type", start == Start.BACKUP ? "B" : start == Start.RESTORE ? "R" : "E");
        if (levelled) {
            add(out, "Level", String.valueOf(level.letter()));
        }
        if (levelled && level != Level.FULL && since.isPresent()) {
            add(out, "Since", Long.toString(since.getAsLong()));
        }
        if (start == Start.RESTORE) {
            if (where != null) {
                byte[] value = where.length == 1 && where[0] == '/' ? new byte[0] : where;
                out.add(RawBytes.join("Where=".getBytes(StandardCharsets.US_ASCII), value));
            }
            if (regexWhere != null) {
                add(out, "RegexWhere", regexWhere);
            }
            add(out, "Replace", String.valueOf(replace.letter()));
        }
        if (namespace != null) {
            add(out, "Namespace", namespace);
        }
        if (previousJob != null && start == Start.BACKUP) {
            add(out, "PrevJobName", previousJob);
        }
        add(out, "WorkingDir", workingDirectory);
        add(out, "SysconfigPath", configDirectory);
        add(out, "ExePath", exeDirectory);
        return out;
    }

    private static void add(List<byte[]> out, String key, String value) {
        out.add((key + "=" + value).getBytes(StandardCharsets.UTF_8));
    }
}
