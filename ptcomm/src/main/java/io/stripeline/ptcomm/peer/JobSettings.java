package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.BackendSession.Start;
import io.stripeline.ptcomm.JobBlock.Level;
import io.stripeline.ptcomm.JobBlock.Replace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the daemon knows of a job and its plugin tells the backend, in the Job block. Immutable; each verb returns a copy.
 * A job is a full backup, or a restore in place that replaces always, until a verb says otherwise.
 */
public final class JobSettings {
    private final String name;
    private long jobId = 1;
    private Level level = Level.FULL;
    private OptionalLong since = OptionalLong.empty();
    private boolean accurate;
    private byte @Nullable [] where;
    private @Nullable String regexWhere;
    private Replace replace = Replace.ALWAYS;
    private final String namespace = "@stripeline";
    private @Nullable String previousJob = "";
    private String workingDirectory = "/tmp";
    private String configDirectory = "/etc/bacula/";
    private String exeDirectory = "/usr/sbin/";

    private JobSettings(String name) {
        this.name = name;
    }

    /**
     * A full backup, or a restore in place.
     *
     * @param name unique name of the job
     */
    public static JobSettings named(String name) {
        return new JobSettings(name);
    }

    /** A copy that {@code change} is the only one to see before it is done. */
    private JobSettings with(Consumer<JobSettings> change) {
        JobSettings out = new JobSettings(name);
        out.jobId = jobId;
        out.level = level;
        out.since = since;
        out.accurate = accurate;
        out.where = where;
        out.regexWhere = regexWhere;
        out.replace = replace;
        out.previousJob = previousJob;
        out.workingDirectory = workingDirectory;
        out.configDirectory = configDirectory;
        out.exeDirectory = exeDirectory;
        change.accept(out);
        return out;
    }

    /**
     * Of a job that is based on another.
     *
     * @param sinceSeconds start of the base, seconds since 1970
     * @param previous unique name of the base
     */
    public JobSettings basedOn(Level newLevel, long sinceSeconds, String previous) {
        return with(to -> {
            to.level = newLevel;
            to.since = OptionalLong.of(sinceSeconds);
            to.previousJob = previous;
        });
    }

    /** Id of the catalog; sent as 0 in estimates, listings and queries. */
    public JobSettings withJobId(long id) {
        return with(to -> to.jobId = id);
    }

    /** Whether there is a list of the director; told where the level is not full. */
    public JobSettings withAccurate(boolean yes) {
        return with(to -> to.accurate = yes);
    }

    /**
     * Restores below a prefix.
     *
     * @param prefix {@code /} for in place
     */
    public JobSettings withWhere(String prefix) {
        return with(to -> to.where = prefix.getBytes(StandardCharsets.UTF_8));
    }

    /** Restores names that the caller changes by this expression. */
    public JobSettings withRegexWhere(String expression) {
        return with(to -> to.regexWhere = expression);
    }

    public JobSettings withReplace(Replace rule) {
        return with(to -> to.replace = rule);
    }

    /** Of a plugin that does not tell it. */
    public JobSettings withoutPreviousJob() {
        return with(to -> to.previousJob = null);
    }

    /**
     * Where the daemon lives.
     *
     * @param working no final slash
     * @param config with final slash
     * @param exe with final slash
     */
    public JobSettings withDirectories(String working, String config, String exe) {
        return with(to -> {
            to.workingDirectory = working;
            to.configDirectory = config;
            to.exeDirectory = exe;
        });
    }

    /** Unique name of the job. */
    public String name() {
        return name;
    }

    byte @Nullable [] where() {
        return where;
    }

    Level level() {
        return level;
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
        add(out, "Namespace", namespace);
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
