package io.stripeline.dedup;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Cuts after a fixed length. */
final class FixedCutter implements FileChunks.Cutter {
    private final ByteBuffer held = ByteBuffer.allocate(20_000);

    @Override
    public void feed(ByteBuffer bytes, Consumer<ByteBuffer> chunks) {
        while (bytes.hasRemaining()) {
            held.put(bytes.get());
            if (!held.hasRemaining()) {
                finish(chunks);
            }
        }
    }

    @Override
    public void finish(Consumer<ByteBuffer> chunks) {
        held.flip();
        if (held.hasRemaining()) {
            chunks.accept(held.duplicate());
        }
        held.clear();
    }

    @Override
    public void reset() {
        held.clear();
    }
}
