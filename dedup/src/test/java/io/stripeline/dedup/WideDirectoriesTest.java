package io.stripeline.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Problems;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeBatch;
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
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read ahead, or kept, is bounded by what it weighs in memory, not by a number of rows or directories. */
class WideDirectoriesTest {
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
                Dir dir = dir(d);
                for (int f = 0; f < ROWS; f++) {
                    Inode inode = inode(d, f, f == 7 ? 1 : nlink);
                    Entry entry = new Entry(dir, ("f" + f).getBytes(), inode, Attributes.NONE);
                    writer.add(entry, 0, RowState.SETTLED, Content.NONE);
                }
            }
            SnapshotRoot root = MemoryRoot.of(writer.counts(), writer.write());
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

    /** The last directories of a parent that are kept: told by what is read again. */
    @Test
    void aParentKeepsFewWideDirectories() {
        SnapshotSet set = wideDirectories(1);
        ParentTree parent =
                new ParentTree("test", set, new ParentBase.Devices(device -> MemoryTree.ID), false, new Problems());
        for (int d = 0; d < DIRECTORIES; d++) {
            lookUp(parent, d);
        }
        engine.gets.set(0);
        for (int d = DIRECTORIES - 1; d >= 0; d--) {
            lookUp(parent, d);
        }
        long kept = DIRECTORIES - engine.gets.get();
        assertThat(kept).as("the last ones").isPositive();
        assertThat(kept * DIRECTORY_BYTES)
                .as("with what a reader of snapshots keeps by itself")
                .isLessThan(HEAP_BYTES / ParentTree.PARTS_SHARE + (33 << 20));
    }

    private final List<Dir> dirs =
            IntStream.range(0, DIRECTORIES).mapToObj(WideDirectoriesTest::dir).toList();

    private void lookUp(ParentTree parent, int d) {
        InodeBatch batch = new InodeBatch();
        batch.add(dirs.get(d), "f7".getBytes(), inode(d, 7, 1));
        assertThat(parent.unchanged(batch, 0)).as("directory " + d).isNotNull();
    }

    private static Dir dir(int d) {
        return Dir.root().child(("directory" + d).getBytes());
    }

    private static Inode inode(int d, int f, int nlink) {
        Timestamp time = new Timestamp(1_700_000_000L + f, d);
        return new Inode(
                new InodeId(0, 0, 100L + d * ROWS + f),
                FileType.REGULAR.bits() | 0644,
                nlink,
                1,
                1,
                0,
                0,
                0,
                time,
                time,
                time,
                time);
    }
}
