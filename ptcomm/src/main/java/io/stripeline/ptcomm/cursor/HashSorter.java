package io.stripeline.ptcomm.cursor;

import io.stripeline.spill.InodeTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongConsumer;

/**
 * Sorts any number of hashes in bounded memory: runs of {@link #RUN} sorted in memory, written to a file without a name,
 * and merged. Order is that of unsigned numbers. Of one thread.
 */
final class HashSorter implements AutoCloseable {
    /** 8 MiB. */
    private static final int RUN = 1 << 20;

    private static final int PIECE_BYTES = 64 << 10;

    private final Path spill;
    private final int run;
    private long[] memory = new long[1024];
    private int used;
    private final List<FileChannel> runs = new ArrayList<>();
    private long count;

    HashSorter(Path spill) {
        this(spill, RUN);
    }

    HashSorter(Path spill, int run) {
        this.spill = spill;
        this.run = run;
    }

    void add(long hash) throws IOException {
        if (used == run) {
            spill();
        }
        if (used == memory.length) {
            memory = Arrays.copyOf(memory, Math.min(run, memory.length * 2));
        }
        memory[used++] = hash ^ Long.MIN_VALUE; // so that signed order is unsigned order
        count++;
    }

    /** Hashes added. */
    long count() {
        return count;
    }

    private void spill() throws IOException {
        Arrays.sort(memory, 0, used);
        FileChannel file = InodeTable.unnamed(spill);
        runs.add(file);
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
        for (int i = 0; i < used; i++) {
            piece.putLong(memory[i]);
            if (!piece.hasRemaining() || i + 1 == used) {
                piece.flip();
                while (piece.hasRemaining()) {
                    file.write(piece);
                }
                piece.clear();
            }
        }
        used = 0;
    }

    /** Gives all hashes in order; once. */
    void drainTo(LongConsumer out) throws IOException {
        Arrays.sort(memory, 0, used);
        PriorityQueue<Run> heads = new PriorityQueue<>();
        for (FileChannel file : runs) {
            Run one = new Run(file);
            if (one.next()) {
                heads.add(one);
            }
        }
        for (int i = 0; i < used; i++) {
            emitBelow(memory[i], heads, out);
            out.accept(memory[i] ^ Long.MIN_VALUE);
        }
        emitBelow(Long.MAX_VALUE, heads, out);
    }

    private static void emitBelow(long limit, PriorityQueue<Run> heads, LongConsumer out) throws IOException {
        while (!heads.isEmpty() && heads.peek().head <= limit) {
            Run least = heads.poll();
            out.accept(least.head ^ Long.MIN_VALUE);
            if (least.next()) {
                heads.add(least);
            }
        }
    }

    /** One run on disk, read from its beginning. */
    private static final class Run implements Comparable<Run> {
        private final FileChannel file;
        private final ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES).limit(0);
        private long at;
        long head;

        Run(FileChannel file) {
            this.file = file;
        }

        boolean next() throws IOException {
            if (!piece.hasRemaining()) {
                piece.clear().limit((int) Math.min(PIECE_BYTES, file.size() - at));
                while (piece.hasRemaining() && file.read(piece, at + piece.position()) >= 0) {}
                at += piece.position();
                piece.flip();
            }
            if (!piece.hasRemaining()) {
                return false;
            }
            head = piece.getLong();
            return true;
        }

        @Override
        public int compareTo(Run other) {
            return Long.compare(head, other.head);
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    @Override
    public void close() throws IOException {
        for (FileChannel file : runs) {
            file.close();
        }
    }
}
