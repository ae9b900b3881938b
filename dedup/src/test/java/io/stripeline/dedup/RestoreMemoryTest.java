package io.stripeline.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.Shard;
import io.stripeline.flow.Problems;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.snapshot.Content;
import io.stripeline.snapshot.RowState;
import io.stripeline.snapshot.SnapshotReader;
import io.stripeline.snapshot.SnapshotRoot;
import io.stripeline.snapshot.SnapshotSet;
import io.stripeline.snapshot.SnapshotWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a restore reads ahead is bounded by what it keeps in memory, not by a number of rows. */
class RestoreMemoryTest {
    private static final int ROWS = 2000;
    /** Of a directory in memory: a row has twenty-two columns of eight bytes. */
    private static final long DIRECTORY_BYTES = ROWS * 22L * 8;

    private static final long HEAP_BYTES = Runtime.getRuntime().maxMemory();
    private static final int DIRECTORIES = (int) (HEAP_BYTES / 8 / DIRECTORY_BYTES);

    @TempDir
    Path temporary;

    private final MemoryEngine engine = new MemoryEngine();

    private SnapshotSet wideDirectories(int nlink) {
        try (Engine.Session session = engine.session(List.of(), List.of());
                SnapshotWriter writer = new SnapshotWriter(session, temporary, SnapshotWriter.Options.defaults())) {
            for (int d = 0; d < DIRECTORIES; d++) {
                Dir dir = Dir.root().child(("directory" + d).getBytes());
                for (int f = 0; f < ROWS; f++) {
                    Timestamp time = new Timestamp(1_700_000_000L + f, d);
                    Inode inode = new Inode(
                            new InodeId(0, 0, 100L + d * ROWS + f),
                            FileType.REGULAR.bits() | 0644,
                            f == 7 ? 1 : nlink,
                            1,
                            1,
                            0,
                            0,
                            0,
                            time,
                            time,
                            time,
                            time);
                    Entry entry = new Entry(dir, ("f" + f).getBytes(), inode, Attributes.NONE);
                    writer.add(entry, 0, RowState.SETTLED, Content.NONE);
                }
            }
            Timestamp now = new Timestamp(1, 0);
            SnapshotRoot root = new SnapshotRoot(
                    "test",
                    "host",
                    "user",
                    "memory",
                    List.of(MemoryTree.ID),
                    RawPath.of("/tree"),
                    now,
                    now,
                    "set",
                    Shard.ALL,
                    List.of(),
                    List.of(),
                    true,
                    false,
                    false,
                    List.of(),
                    writer.counts(),
                    List.of(writer.write()));
            return SnapshotSet.of(List.of(SnapshotReader.open(engine, root)));
        }
    }

    @Test
    void oneFileOfEachOfManyWideDirectories() {
        SnapshotSet set = wideDirectories(1);
        RawPath chosen = RawPath.of("f7");
        try (RestorePlanner planner = new RestorePlanner(
                set, List.of(), row -> RawPath.of(row.name()).equals(chosen), engine, temporary, new Problems())) {
            assertBounded(planner);
        }
    }

    @Test
    void wideDirectoriesOfHardLinks() {
        SnapshotSet set = wideDirectories(2);
        try (RestorePlanner planner =
                new RestorePlanner(set, List.of(), row -> true, engine, temporary, new Problems())) {
            assertBounded(planner);
        }
    }

    private void assertBounded(RestorePlanner planner) {
        engine.gets.set(0);
        int given = 0;
        int most = 0;
        for (RestorePlanner.Step step = planner.next(); given < DIRECTORIES; step = planner.next()) {
            assertThat(step.row().path().toString()).endsWith("/f7");
            given++;
            most = Math.max(most, engine.gets.get() - given);
        }
        assertThat(most * DIRECTORY_BYTES)
                .as("read before it was given")
                .isLessThan(HEAP_BYTES / RestorePlanner.PARTS_SHARE + (16 << 20));
    }
}
