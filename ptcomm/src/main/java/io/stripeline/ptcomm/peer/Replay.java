package io.stripeline.ptcomm.peer;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a restore brings back.
 *
 * @param jobs oldest first; of each name the last version is taken, unless a later job says it is gone
 * @param selection of names as they were saved, raw bytes, directories with final slash
 * @param rename what RegexWhere makes of a name; null for nothing. The prefix Where comes in front of what it gives
 */
public record Replay(
        List<RecordedJob> jobs,
        Predicate<byte[]> selection,
        @Nullable UnaryOperator<byte[]> rename) {
    public Replay {
        jobs = List.copyOf(jobs);
    }

    /** Everything of these jobs. */
    public static Replay of(RecordedJob... jobs) {
        return new Replay(List.of(jobs), name -> true, null);
    }

    /** Only these names. */
    public Replay select(Predicate<byte[]> names) {
        return new Replay(jobs, names, rename);
    }

    /** Names changed by an expression. */
    public Replay rename(UnaryOperator<byte[]> change) {
        return new Replay(jobs, selection, change);
    }

    /** For each job the files to restore: those of which no later job has another version, or a deletion. */
    List<Set<RecordedFile>> chosen() {
        Map<ByteBuffer, RecordedFile> last = new HashMap<>();
        for (RecordedJob job : jobs) {
            job.gone().forEach(name -> last.remove(ByteBuffer.wrap(name)));
            job.files().forEach(file -> last.put(ByteBuffer.wrap(file.head().name()), file));
        }
        return jobs.stream()
                .map(job -> {
                    Set<RecordedFile> out = new HashSet<>();
                    for (RecordedFile file : job.files()) {
                        byte[] name = file.head().name();
                        if (last.get(ByteBuffer.wrap(name)) == file && selection.test(name)) {
                            out.add(file);
                        }
                    }
                    return out;
                })
                .toList();
    }
}
