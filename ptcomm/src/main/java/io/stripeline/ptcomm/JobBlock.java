package io.stripeline.ptcomm;

import io.stripeline.ptcomm.wire.ProtocolException;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What the plugin tells of the job, before its parameters. Unknown keys are ignored, missing ones have the values named
 * here.
 *
 * @param name unique name of the job, {@code <job>.<date>_<time>_<nn>}; empty if it was not told
 * @param jobId of the catalog; 0 for estimates, listings and queries
 * @param type what kind of job; a backup if it was not told
 * @param level FULL where there is none
 * @param since start of the job that is the base, in seconds since 1970 of the Director's clock
 * @param where prefix that restored names already carry; empty for {@code where=/}; null where there is none
 * @param regexWhere expression that restored names were already changed by; null where there is none
 * @param replace what to do where a name exists at restore
 * @param previousJob unique name of the base job; empty for none
 * @param workingDirectory bacula-fd's, raw bytes, no final slash; empty if it was not told
 * @param configDirectory where bacula-fd.conf is, raw bytes with final slash; empty if it was not told
 */
public record JobBlock(
        String name,
        long jobId,
        Type type,
        Level level,
        OptionalLong since,
        byte @Nullable [] where,
        @Nullable String regexWhere,
        Replace replace,
        String previousJob,
        byte[] workingDirectory,
        byte[] configDirectory) {
    /** Kinds of job, by their letter. */
    public enum Type {
        BACKUP('B'),
        RESTORE('R'),
        /** Estimate, listing and query. */
        ESTIMATE('E');

        private final char letter;

        Type(char letter) {
            this.letter = letter;
        }

        public char letter() {
            return letter;
        }
    }

    /** How much a backup saves, by its letter. */
    public enum Level {
        FULL('F'),
        DIFFERENTIAL('D'),
        INCREMENTAL('I');

        private final char letter;

        Level(char letter) {
            this.letter = letter;
        }

        public char letter() {
            return letter;
        }
    }

    /** What to do where a name exists at restore, by its letter. */
    public enum Replace {
        ALWAYS('a'),
        /** Where what was saved is newer. */
        IF_NEWER('w'),
        /** Where what was saved is older. */
        IF_OLDER('o'),
        NEVER('n');

        private final char letter;

        Replace(char letter) {
            this.letter = letter;
        }

        public char letter() {
            return letter;
        }
    }

    /** Of the commands of a Job block, each {@code Key=value} without its newline. */
    public static JobBlock parse(List<byte[]> commands) {
        Parameters keys = Parameters.parse(commands);
        return new JobBlock(
                keys.last("Name").orElse(""),
                number(keys, "JobID").orElse(0),
                type(letter(keys, "Type", 'B')),
                level(letter(keys, "Level", 'F')),
                number(keys, "Since"),
                keys.lastBytes("Where").orElse(null),
                keys.last("RegexWhere").orElse(null),
                replace(letter(keys, "Replace", 'a')),
                keys.last("PrevJobName").orElse(""),
                keys.lastBytes("WorkingDir").orElse(new byte[0]),
                keys.lastBytes("SysconfigPath").orElse(new byte[0]));
    }

    private static char letter(Parameters keys, String key, char missing) {
        String value = keys.last(key).orElse("");
        return value.isEmpty() ? missing : value.charAt(0);
    }

    private static OptionalLong number(Parameters keys, String key) {
        String value = keys.last(key).orElse("");
        try {
            return value.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(value.trim()));
        } catch (NumberFormatException notANumber) {
            throw new ProtocolException("Job key " + key + " is '" + value + "'; expected a decimal number");
        }
    }

    private static Type type(char letter) {
        for (Type type : Type.values()) {
            if (type.letter == letter) {
                return type;
            }
        }
        throw new ProtocolException("Job key Type is '" + letter + "'; expected B, R or E");
    }

    private static Level level(char letter) {
        for (Level level : Level.values()) {
            if (level.letter == letter) {
                return level;
            }
        }
        throw new ProtocolException("Job key Level is '" + letter + "'; expected F, D or I");
    }

    private static Replace replace(char letter) {
        for (Replace rule : Replace.values()) {
            if (rule.letter == letter) {
                return rule;
            }
        }
        throw new ProtocolException("Job key Replace is '" + letter + "'; expected a, w, o or n");
    }

    /** Without arrays, for messages. */
    @Override
    public String toString() {
        return name + " (" + jobId + ") " + type + " " + level;
    }
}
