package io.stripeline.cli;

import io.stripeline.flow.Job;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.snapshot.FormatException;
import io.stripeline.snapshot.Row;
import io.stripeline.snapshot.RowState;
import java.io.PrintStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Rows of a snapshot as lines like those of {@code ls -ln}, or as one JSON object a line. */
final class RowPrinter {
    private static final String KINDS = "?pc?d?b?-?l?s???"; // by type bits of st_mode, shifted right by 12

    private final PrintStream out;
    private final Job job;
    private final DateTimeFormatter time =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneId.systemDefault());

    /** @param job is told where what was recorded of a row is damaged */
    RowPrinter(PrintStream out, Job job) {
        this.out = out;
        this.job = job;
    }

    /** Owners are numbers: names of this host may not be those of the host that was backed up. */
    void text(Row row) {
        Inode inode = row.inode();
        boolean device = inode.type() == FileType.CHARACTER_DEVICE || inode.type() == FileType.BLOCK_DEVICE;
        out.printf(
                "%s %3d %5d %5d %12s %s %s%s%s%n",
                mode(inode.mode()),
                inode.nlink(),
                Integer.toUnsignedLong(inode.uid()),
                Integer.toUnsignedLong(inode.gid()),
                device ? "-" : inode.sizeBytes(),
                time(inode.mtime()),
                row.path(),
                inode.type() == FileType.SYMLINK ? " -> " + target(row) : "",
                note(row));
    }

    private String note(Row row) {
        RowState.@Nullable Kept outcome = outcome(row);
        return outcome == null
                ? "  (damaged in the store)"
                : switch (outcome) {
                    case OK -> "";
                    case CHANGED -> "  (changed while read)";
                    case FAILED -> "  (could not be read)";
                };
    }

    /** How a row was recorded; null where that is damaged. */
    private RowState.@Nullable Kept outcome(Row row) {
        try {
            return row.state().outcome();
        } catch (FormatException damage) {
            StoreReading.damaged(job, row.path(), damage);
            return null;
        }
    }

    private String target(Row row) {
        try {
            return RawPath.printable(row.entry().attributes().linkTarget());
        } catch (FormatException damage) {
            StoreReading.damaged(job, row.path(), damage);
            return "?";
        }
    }

    private String time(Timestamp at) {
        try {
            return time.format(Instant.ofEpochSecond(at.seconds(), at.nanos()));
        } catch (DateTimeException beyondTheCalendar) {
            return "@" + at.seconds();
        }
    }

    /** {@code drwxr-sr-x}. */
    static String mode(int mode) {
        StringBuilder text = new StringBuilder(10).append(KINDS.charAt((mode & FileType.MASK) >> 12));
        for (int shift = 6; shift >= 0; shift -= 3) {
            int bits = mode >> shift;
            int special = shift == 6 ? 04000 : shift == 3 ? 02000 : 01000;
            char set = shift == 0 ? 't' : 's';
            text.append((bits & 4) != 0 ? 'r' : '-').append((bits & 2) != 0 ? 'w' : '-');
            boolean run = (bits & 1) != 0;
            text.append((mode & special) == 0 ? (run ? 'x' : '-') : run ? set : Character.toUpperCase(set));
        }
        return text.toString();
    }

    void json(JsonOut json, Row row) {
        Inode inode = row.inode();
        json.begin()
                .field("path", row.path().toString())
                .field("type", inode.type().name().toLowerCase(Locale.ROOT))
                .field("mode", Integer.toOctalString(inode.permissions()))
                .field("nlink", (long) inode.nlink())
                .field("uid", Integer.toUnsignedLong(inode.uid()))
                .field("gid", Integer.toUnsignedLong(inode.gid()))
                .field("size_bytes", inode.sizeBytes())
                .field("mtime_seconds", inode.mtime().seconds())
                .field("mtime_nanos", (long) inode.mtime().nanos());
        if (inode.type() == FileType.SYMLINK) {
            json.field("target", target(row));
        }
        RowState.Kept outcome = outcome(row);
        json.field("outcome", outcome == null ? "damaged" : outcome.name().toLowerCase(Locale.ROOT))
                .end();
    }
}
