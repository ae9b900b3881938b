package io.stripeline.bench.jmh;

import io.stripeline.inode.Dir;
import io.stripeline.inode.InodeBatch;
import io.stripeline.ptcomm.wire.BatchItem;
import io.stripeline.ptcomm.wire.BatchRecord;
import io.stripeline.ptcomm.wire.PacketWriter;
import io.stripeline.ptcomm.wire.RecordType;
import io.stripeline.ptcomm.wire.StatLine;
import io.stripeline.ptcomm.wire.TimeLine;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import io.stripeline.snapshot.BlobSink;
import io.stripeline.snapshot.Content;
import io.stripeline.snapshot.RowState;
import io.stripeline.snapshot.SnapshotWriter;
import io.stripeline.snapshot.Tables;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Inode rows a second: filling a batch, rows as objects, the wire's attribute lines and records, and a snapshot's blocks. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class EncodeBench {
    private static final int BATCHES = 64;
    private static final byte[] NO_TARGET = new byte[0];

    private final InodeBatch batch = Rows.batch(1);
    private final InodeBatch[] many = new InodeBatch[BATCHES];
    private final Dir dir = Dir.root().child("set00042".getBytes(StandardCharsets.UTF_8));
    private final byte[] name = Rows.name(1, 1);
    private final PacketWriter packets = new PacketWriter(new Nowhere());

    public EncodeBench() {
        for (int i = 0; i < BATCHES; i++) {
            many[i] = Rows.batch(i);
        }
    }

    /** What a scan worker does with each row after statx. */
    @Benchmark
    @OperationsPerInvocation(InodeBatch.CAPACITY)
    public InodeBatch fillBatch() {
        InodeBatch to = new InodeBatch();
        for (int i = 0; i < InodeBatch.CAPACITY; i++) {
            int row = to.addRow(dir, name, 0, name.length);
            to.identity(row, 0xfe00, 0, i, 0100644, 1, 0);
            to.owner(row, 1000, 1000, 4096, 8);
            to.time(row, InodeBatch.ATIME, 1_700_000_000L, 1);
            to.time(row, InodeBatch.MTIME, 1_700_000_001L, 2);
            to.time(row, InodeBatch.CTIME, 1_700_000_002L, 3);
            to.time(row, InodeBatch.BTIME, 1_700_000_003L, 4);
        }
        return to;
    }

    /** The edge: one object with its parts per row. */
    @Benchmark
    @OperationsPerInvocation(InodeBatch.CAPACITY)
    public void rowsAsEntries(Blackhole hole) {
        for (int i = 0; i < InodeBatch.CAPACITY; i++) {
            hole.consume(batch.entry(i));
        }
    }

    @Benchmark
    @OperationsPerInvocation(InodeBatch.CAPACITY)
    public void wireLines(Blackhole hole) {
        for (int i = 0; i < InodeBatch.CAPACITY; i++) {
            hole.consume(
                    new StatLine('F', batch.sizeBytes(i), 1000, 1000, batch.mode(i), batch.nlink(i), 0).toString());
            hole.consume(new TimeLine(
                            batch.seconds(i, InodeBatch.ATIME),
                            batch.seconds(i, InodeBatch.MTIME),
                            batch.seconds(i, InodeBatch.CTIME))
                    .toString());
        }
    }

    /** The same rows as records of batches, into packets that nobody takes. */
    @Benchmark
    @OperationsPerInvocation(InodeBatch.CAPACITY)
    public void wireRecords() throws IOException {
        for (int i = 0; i < InodeBatch.CAPACITY; i++) {
            BatchItem item = new BatchItem(
                    i + 1L,
                    'F',
                    batch.mode(i),
                    1000,
                    1000,
                    batch.nlink(i),
                    batch.sizeBytes(i),
                    0,
                    batch.seconds(i, InodeBatch.MTIME),
                    batch.seconds(i, InodeBatch.ATIME),
                    batch.seconds(i, InodeBatch.CTIME),
                    0,
                    name,
                    NO_TARGET);
            packets.record(RecordType.ITEM, ByteBuffer.wrap(item.encode()));
            packets.record(RecordType.END, 1).put(BatchRecord.GOOD);
        }
    }

    /** A channel that takes everything. */
    private static final class Nowhere implements GatheringByteChannel {
        @Override
        public int write(ByteBuffer source) {
            int bytes = source.remaining();
            source.position(source.limit());
            return bytes;
        }

        @Override
        public long write(ByteBuffer[] sources, int from, int count) {
            long bytes = 0;
            for (int i = from; i < from + count; i++) {
                bytes += write(sources[i]);
            }
            return bytes;
        }

        @Override
        public long write(ByteBuffer[] sources) {
            return write(sources, 0, sources.length);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    /** One directory of 16,384 rows in memory, sorted, encoded and cut into blocks; hashing and storing left out. */
    @Benchmark
    @OperationsPerInvocation(BATCHES * InodeBatch.CAPACITY)
    public Tables snapshotBlocks() {
        SnapshotWriter.Options options = SnapshotWriter.Options.defaults().memoryBytes(64 << 20);
        try (SnapshotWriter writer =
                new SnapshotWriter(new Discarding(), Path.of(System.getProperty("java.io.tmpdir")), options)) {
            for (InodeBatch rows : many) {
                for (int i = 0; i < InodeBatch.CAPACITY; i++) {
                    writer.add(rows.entry(i), 0, RowState.SETTLED, Content.NONE);
                }
            }
            return writer.write();
        }
    }

    /** Names blobs by a counter. */
    private static final class Discarding implements BlobSink {
        private final byte[] id = new byte[BlobId.BYTES];
        private int blobs;

        @Override
        public BlobId put(BlobKind kind, ByteBuffer bytes) {
            ByteBuffer.wrap(id).putInt(0, ++blobs);
            return BlobId.of(id, 0);
        }
    }
}
