package io.stripeline.dedup.pack;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.nio.ByteBuffer;

/** Makes frames: compresses where that saves at least a fiftieth. One thread at a time; owns native memory. */
public final class FrameEncoder implements AutoCloseable {
    private final int level;
    private final ZstdCompressCtx context;
    private byte[] compressed = new byte[0];
    private byte[] out = compressed;
    private int codec;
    private int stored;

    /** @param level of zstd; 0 compresses nothing */
    public FrameEncoder(int level) {
        this.level = level;
        this.context = new ZstdCompressCtx();
        if (level != 0) {
            context.setLevel(level).setContentSize(false).setChecksum(false).setDictID(false);
        }
    }

    /** Encodes what is gathered; the frame is in {@link #array} until the next call, or until more is gathered. */
    public void encode(FrameBuilder frame) {
        int raw = frame.size();
        out = frame.array();
        codec = PackFormat.RAW;
        stored = raw;
        if (level != 0 && raw > 64) {
            compress(frame.array(), raw);
        }
        ByteBuffer header = ByteBuffer.wrap(out);
        header.putInt(PackFormat.FRAME_MAGIC).put((byte) codec).put(new byte[3]);
        header.putInt(stored).putInt(raw).putInt(frame.count());
        header.putInt(PackFormat.crc(out, PackFormat.FRAME_HEADER_BYTES, stored));
        header.putInt(PackFormat.crc(out, 0, PackFormat.FRAME_HEADER_BYTES - 4));
    }

    private void compress(byte[] bytes, int raw) {
        int bound = PackFormat.FRAME_HEADER_BYTES + (int) Zstd.compressBound(raw);
        if (compressed.length < bound) {
            compressed = new byte[bound];
        }
        int n = context.compressByteArray(
                compressed,
                PackFormat.FRAME_HEADER_BYTES,
                compressed.length - PackFormat.FRAME_HEADER_BYTES,
                bytes,
                PackFormat.FRAME_HEADER_BYTES,
                raw);
        if (n < raw - raw / 50) {
            out = compressed;
            codec = PackFormat.ZSTD;
            stored = n;
        }
    }

    byte[] array() {
        return out;
    }

    int codec() {
        return codec;
    }

    /** Without the header. */
    int storedBytes() {
        return stored;
    }

    int totalBytes() {
        return PackFormat.FRAME_HEADER_BYTES + stored;
    }

    @Override
    public void close() {
        context.close();
    }
}
