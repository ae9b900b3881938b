package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketReader;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Packets from the backend: read when they are asked for, or, once {@link #start}ed, by a thread of its own while the
 * conversation's thread writes, so that neither side waits for the other to read. That thread ends with the stream.
 */
final class Pump implements AutoCloseable {
    /** More than a restore's results and messages come to between two looks. */
    private static final int PACKETS = 8192;

    /** What came: a packet, the end of the stream, or what went wrong. */
    private record Came(@Nullable Packet packet, @Nullable Exception failure) {}

    private final PacketReader in;
    private final BlockingQueue<Came> queue = new ArrayBlockingQueue<>(PACKETS);
    private final Thread thread = new Thread(this::run, "stripeline-peer-reader");
    private boolean started;
    private boolean ended;

    Pump(PacketReader in) {
        this.in = in;
        thread.setDaemon(true);
    }

    void start() {
        started = true;
        thread.start();
    }

    private void run() {
        try {
            Packet packet;
            do {
                packet = in.read();
                queue.put(new Came(packet, null));
            } while (packet != null);
        } catch (InterruptedException closed) {
            return; // nobody takes any more
        } catch (IOException | RuntimeException failed) {
            tell(failed);
        }
    }

    private void tell(Exception failed) {
        try {
            queue.put(new Came(null, failed));
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt(); // nobody takes any more
        }
    }

    /** True where {@link #take} does not wait. */
    boolean hasMore() {
        return started && !ended && !queue.isEmpty();
    }

    /** The next packet; null at the end of the stream. */
    @Nullable
    Packet take() throws IOException {
        if (!started) {
            return in.read();
        }
        if (ended) {
            return null;
        }
        Came came;
        try {
            came = queue.take();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted", stopped);
        }
        ended = came.packet == null;
        if (came.failure instanceof IOException failed) {
            throw failed;
        }
        if (came.failure instanceof RuntimeException failed) {
            throw failed;
        }
        return came.packet;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
