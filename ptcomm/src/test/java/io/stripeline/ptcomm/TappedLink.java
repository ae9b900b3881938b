package io.stripeline.ptcomm;

import io.stripeline.ptcomm.peer.BackendLink;
import io.stripeline.ptcomm.peer.Ending;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;

/** A link that counts the bytes of both ways, and does something once so many have gone one of them. */
final class TappedLink implements BackendLink {
    private final BackendLink link;
    private final long atFrom;
    private final long atTo;
    private final Runnable action;
    private volatile long from;
    private volatile long to;
    private volatile boolean done;

    /**
     * Counts, and runs {@code action} once.
     *
     * @param atFrom bytes of the backend before it
     * @param atTo bytes to the backend before it
     */
    TappedLink(BackendLink link, long atFrom, long atTo, Runnable action) {
        this.link = link;
        this.atFrom = atFrom;
        this.atTo = atTo;
        this.action = action;
    }

    /** Bytes that the backend wrote and the plugin read. */
    long from() {
        return from;
    }

    /** Bytes that the plugin wrote. */
    long to() {
        return to;
    }

    private synchronized void passed(long bytesFrom, long bytesTo) {
        from += Math.max(0, bytesFrom);
        to += bytesTo;
        if (!done && (from >= atFrom || to >= atTo)) {
            done = true;
            action.run();
        }
    }

    @Override
    public ReadableByteChannel fromBackend() {
        ReadableByteChannel in = link.fromBackend();
        return new ReadableByteChannel() {
            @Override
            public int read(ByteBuffer into) throws IOException {
                int n = in.read(into);
                passed(n, 0);
                return n;
            }

            @Override
            public boolean isOpen() {
                return in.isOpen();
            }

            @Override
            public void close() throws IOException {
                in.close();
            }
        };
    }

    @Override
    public GatheringByteChannel toBackend() {
        GatheringByteChannel out = link.toBackend();
        return new GatheringByteChannel() {
            @Override
            public int write(ByteBuffer bytes) throws IOException {
                int n = out.write(bytes);
                passed(0, n);
                return n;
            }

            @Override
            public long write(ByteBuffer[] all, int offset, int length) throws IOException {
                long n = out.write(all, offset, length);
                passed(0, n);
                return n;
            }

            @Override
            public long write(ByteBuffer[] all) throws IOException {
                return write(all, 0, all.length);
            }

            @Override
            public boolean isOpen() {
                return out.isOpen();
            }

            @Override
            public void close() throws IOException {
                out.close();
            }
        };
    }

    @Override
    public void cancel() {
        link.cancel();
    }

    @Override
    public boolean hasEndedEarly() {
        return link.hasEndedEarly();
    }

    @Override
    public void kill() {
        link.kill();
    }

    @Override
    public Ending end(Duration linger, Duration kill) {
        return link.end(linger, kill);
    }
}
