package io.stripeline.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Job;
import io.stripeline.flow.Outcome;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.slab.SlabPool;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import io.stripeline.snapshot.Content;
import io.stripeline.snapshot.RowState;
import io.stripeline.snapshot.SnapshotWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contents that no writer makes, in a store whose checksums are right: they fail their file alone. */
class CraftedContentTest {
    @TempDir
    Path temporary;

    private final MemoryEngine engine = new MemoryEngine();

    private static Entry entry(String name) {
        Timestamp time = new Timestamp(1, 2);
        InodeId id = new InodeId(0, 0, name.hashCode());
        return new Entry(
                Dir.root(),
                name.getBytes(),
                new Inode(id, FileType.REGULAR.bits(), 1, 1, 1, 9, 1, 0, time, time, time, time),
                Attributes.NONE);
    }

    @Test
    void lengthsAndOffsetsBeyondAllAreDamageOfTheFile() {
        try (Engine.Session session = engine.session(List.of(), List.of());
                SnapshotWriter writer = new SnapshotWriter(session, temporary, SnapshotWriter.Options.defaults())) {
            BlobId blob = session.put(BlobKind.DATA, ByteBuffer.wrap(new byte[100]));
            List<Content> crafted = List.of(
                    Content.slice(blob, 0, -1),
                    Content.slice(blob, -1, 1),
                    Content.slice(blob, Long.MAX_VALUE, 1),
                    Content.slice(blob, 1, Long.MAX_VALUE),
                    Content.slice(blob, 50, 51),
                    Content.slice(blob, Long.MIN_VALUE, Long.MIN_VALUE),
                    Content.hole(-1),
                    Content.hole(Long.MIN_VALUE));
            for (int i = 0; i < crafted.size(); i++) {
                writer.add(entry("bad" + i), 0, RowState.SETTLED, crafted.get(i));
            }
            writer.add(entry("a"), 0, RowState.SETTLED, Content.slice(blob, 10, 90));
            writer.add(entry("z"), 0, RowState.SETTLED, Content.hole(10));
            session.commit(MemoryRoot.of(writer.counts(), writer.write()).toBytes());
        }
        Job job = Job.start();
        DedupStore store = new DedupStore(engine, FixedCutter::new, temporary);
        Restored restored = new Restored();
        store.restore(store.find("latest", job), List.of(), SlabPool.of(4, 64 << 10), job)
                .doOnNext(restored::accept)
                .blockLast(Duration.ofSeconds(20));
        assertThat(restored.entries).hasSize(10);
        restored.entries.forEach((path, seen) -> {
            if (path.toString().startsWith("bad")) {
                assertThat(seen.outcome()).as("%s", path).isInstanceOf(Outcome.Failed.class);
            } else {
                assertThat(seen.outcome()).as("%s", path).isEqualTo(Outcome.OK);
            }
        });
        assertThat(restored.entries.get(RawPath.of("a")).content()).hasSize(90);
        assertThat(job.problems().groups().get(0).count()).isEqualTo(8);
    }
}
