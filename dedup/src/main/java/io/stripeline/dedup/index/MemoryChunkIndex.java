package io.stripeline.dedup.index;

import io.stripeline.snapshot.BlobId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The index in memory: at most 56 bytes a chunk, and 12 a frame. */
public final class MemoryChunkIndex implements ChunkIndex {
    private static final int VALUE_BYTES = 12;

    private final IdTable table = new IdTable(VALUE_BYTES);
    private final Object lock = new Object();
    private final List<BlobId> packs = new ArrayList<>();
    private int[] frames = new int[3 * 64];
    private int frameCount;

    @Override
    public @Nullable ChunkPlace find(BlobId id) {
        byte[] value = new byte[VALUE_BYTES];
        if (!table.find(id.toBytes(), 0, value)) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(value);
        int frame = 3 * in.getInt(0);
        synchronized (lock) {
            return new ChunkPlace(
                    packs.get(frames[frame]), frames[frame + 1], frames[frame + 2], in.getInt(4), in.getInt(8));
        }
    }

    @Override
    public void add(IndexFile file) {
        int first;
        synchronized (lock) {
            first = packs.size();
            file.packs().forEach(pack -> packs.add(pack.id()));
        }
        Map<Long, Integer> numbers = new HashMap<>();
        ByteBuffer value = ByteBuffer.allocate(VALUE_BYTES);
        file.forEach((bytes, idAt, pack, frameOffset, frameStored, offset, length, form) -> {
            int frame = numbers.computeIfAbsent(
                    (long) pack << 32 | frameOffset, key -> addFrame(first + pack, frameOffset, frameStored));
            value.putInt(0, frame).putInt(4, offset).putInt(8, length);
            table.putIfAbsent(bytes, idAt, value.array());
        });
    }

    private int addFrame(int pack, int offset, int stored) {
        synchronized (lock) {
            if (frames.length < 3 * (frameCount + 1)) {
                frames = Arrays.copyOf(frames, frames.length * 2);
            }
            frames[3 * frameCount] = pack;
            frames[3 * frameCount + 1] = offset;
            frames[3 * frameCount + 2] = stored;
            return frameCount++;
        }
    }

    @Override
    public long size() {
        return table.size();
    }

    /** Bytes of the arrays held for chunks. */
    public long memoryBytes() {
        return table.memoryBytes();
    }

    @Override
    public void close() {}
}
