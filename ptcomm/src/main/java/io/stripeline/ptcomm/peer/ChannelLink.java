package io.stripeline.ptcomm.peer;

import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A backend in this JVM, behind two channels. */
public final class ChannelLink implements BackendLink {
    private final ReadableByteChannel fromBackend;
    private final GatheringByteChannel toBackend;
    private final Runnable cancel;
    private final CompletableFuture<?> end;

    /**
     * Channels such as those of two {@link java.nio.channels.Pipe}s.
     *
     * @param cancel what the signal does
     * @param end completes when the backend has returned
     */
    public ChannelLink(
            ReadableByteChannel fromBackend,
            GatheringByteChannel toBackend,
            Runnable cancel,
            CompletableFuture<?> end) {
        this.fromBackend = fromBackend;
        this.toBackend = toBackend;
        this.cancel = cancel;
        this.end = end;
    }

    @Override
    public ReadableByteChannel fromBackend() {
        return fromBackend;
    }

    @Override
    public GatheringByteChannel toBackend() {
        return toBackend;
    }

    @Override
    public void cancel() {
        cancel.run();
    }

    @Override
    public boolean hasEndedEarly() {
        return end.isDone();
    }

    @Override
    public void kill() {
        close(toBackend);
        close(fromBackend);
    }

    @Override
    public Ending end(Duration linger, Duration kill) {
        this.kill();
        try {
            end.get(linger.toMillis(), TimeUnit.MILLISECONDS);
            return new Ending(Ending.How.BY_ITSELF, 0, "");
        } catch (ExecutionException threw) {
            return new Ending(Ending.How.BY_ITSELF, 1, String.valueOf(threw.getCause()));
        } catch (TimeoutException running) {
            return new Ending(Ending.How.STILL_RUNNING, 0, "");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return new Ending(Ending.How.STILL_RUNNING, 0, "");
        }
    }

    private static void close(Channel channel) {
        try {
            channel.close();
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }
}
