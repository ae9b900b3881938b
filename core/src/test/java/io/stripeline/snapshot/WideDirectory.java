package io.stripeline.snapshot;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;

/** A program: writes and reads a snapshot of one directory with many rows. Run in a JVM of little memory. */
final class WideDirectory {
    private WideDirectory() {}

    public static void main(String[] args) {
        int rows = Integer.parseInt(args[0]);
        Path temporary = Path.of(args[1]);
        int perDirectory = args.length > 2 ? Integer.parseInt(args[2]) : rows;
        for (int round = args.length > 3 ? Integer.parseInt(args[3]) : 1; round > 0; round--) {
            long cpu = cpu();
            MemoryBlobs blobs = new MemoryBlobs();
            SnapshotReader reader;
            Dir dir = Dir.root();
            byte[] content = new byte[60];
            try (SnapshotWriter writer = new SnapshotWriter(blobs, temporary, SnapshotWriter.Options.defaults())) {
                for (int i = 0; i < rows; i++) {
                    if (i % perDirectory == 0 && perDirectory < rows) {
                        dir = Dir.root()
                                .child(("some").getBytes())
                                .child(("directory" + Integer.reverse(i)).getBytes());
                    }
                    int scattered = Integer.reverse(i) ^ 0x5bd1e995; // names come in no order
                    Timestamp time = new Timestamp(1_700_000_000L + i % 1000, scattered & 0x1FFFFFFF);
                    Inode inode = new Inode(
                            new InodeId(0, 0, 1000L + i),
                            FileType.REGULAR.bits() | 0644,
                            1,
                            1000,
                            1000,
                            i,
                            i / 512,
                            0,
                            time,
                            time,
                            time,
                            time);
                    byte[] name = String.format("result-%08x.dat", scattered).getBytes();
                    writer.add(
                            new Entry(dir, name, inode, Attributes.NONE),
                            0,
                            RowState.SETTLED,
                            Content.inline(content, 0, 33));
                }
                reader = SnapshotReader.open(blobs, RandomTree.root(writer.counts(), writer.write()));
            }
            long written = cpu();
            long found = 0;
            RowStream all = reader.rows(RawPath.ROOT);
            for (Row row = all.next(); row != null; row = all.next()) {
                found++;
            }
            if (found != rows) {
                throw new IllegalStateException("wrote " + rows + " rows, found " + found);
            }
            long bytes =
                    blobs.blobs.values().stream().mapToLong(blob -> blob.length).sum();
            System.out.printf(
                    "%d rows: write %.2f s CPU, read %.2f s CPU, %d blobs, %d bytes%n",
                    rows, (written - cpu) / 1e9, (cpu() - written) / 1e9, blobs.blobs.size(), bytes);
        }
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
