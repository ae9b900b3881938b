package io.stripeline.snapshot;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sorts paths by the identity of their inodes, outside of memory; writes the inode table. Not thread-safe. */
final class InodeSorter implements PartWriter.Directories, AutoCloseable {
    private final int memoryBytes;
    private final SortedFiles files;
    /** Per path: 20 bytes of identity, then the form of a run: length of the path's key, key. */
    private final Encoder records = new Encoder(4096);

    private int[] starts = new int[64];
    private int count;

    InodeSorter(Path temporary, int memoryBytes) {
        this.files = new SortedFiles(temporary);
        this.memoryBytes = memoryBytes;
    }

    @Override
    public void directory(int filesystem, long high, long low, byte[] key) {
        if (records.size() + 4 * count > memoryBytes) {
            files.write(sorted());
            records.clear();
            count = 0;
        }
        if (count + 1 >= starts.length) {
            starts = Arrays.copyOf(starts, starts.length * 2);
        }
        starts[count++] = records.size();
        records.put(Keys.inode(filesystem, high, low)).sized(key);
        starts[count] = records.size();
    }

    private RowRun sorted() {
        byte[] array = records.array();
        Integer[] order = new Integer[count];
        Arrays.setAll(order, i -> i);
        Arrays.sort(
                order,
                (a, b) -> Arrays.compareUnsigned(
                        array,
                        starts[a],
                        starts[a] + Keys.INODE_BYTES,
                        array,
                        starts[b],
                        starts[b] + Keys.INODE_BYTES));
        return new RowRun() {
            private int at;

            @Override
            boolean next() {
                if (at == order.length) {
                    return false;
                }
                int row = order[at++];
                key = Arrays.copyOfRange(array, starts[row], starts[row] + Keys.INODE_BYTES);
                bytes = array;
                start = starts[row] + Keys.INODE_BYTES;
                end = starts[row + 1];
                locateName();
                return true;
            }
        };
    }

    /** All paths, those of one inode together: key is the identity, name the path's key. */
    RowRun rows() {
        List<RowRun> all = files.runs();
        all.add(sorted());
        return MergedRun.of(all);
    }

    /** Writes the table; null where there was no directory. */
    @Nullable
    TableRef finish(BlobSink blobs) {
        RowRun rows = rows();
        TableWriter table = new TableWriter(blobs);
        byte[] last = new byte[0];
        while (rows.next()) {
            if (!Arrays.equals(last, rows.key)) { // a directory mounted twice has one entry
                last = rows.key;
                byte[] value = new byte[rows.nameLength + 1];
                value[0] = 1;
                System.arraycopy(rows.bytes, rows.nameStart, value, 1, rows.nameLength);
                table.add(last, value);
            }
        }
        return table.finish();
    }

    @Override
    public void close() {
        files.close();
    }
}
