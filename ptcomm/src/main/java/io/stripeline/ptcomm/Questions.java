package io.stripeline.ptcomm;

import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.ProtocolException;
import io.stripeline.ptcomm.wire.Status;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What the plugin was asked and has not answered yet, in order, and its END. A plugin that says END while the list goes on
 * has stopped reading: no answer will come any more, and nothing can fail its job. Thread-safe.
 */
final class Questions {
    private final Queue<CompletableFuture<Packet>> open = new ArrayDeque<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private @Nullable Throwable broken;
    private boolean complete;
    private boolean cutShort;

    /**
     * Notes a question that is about to be written.
     *
     * @param count packets that answer it
     */
    synchronized List<CompletableFuture<Packet>> ask(int count) throws IOException {
        if (broken != null) {
            throw told(broken, "The plugin cannot be asked any more: ");
        }
        List<CompletableFuture<Packet>> answers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            answers.add(new CompletableFuture<>());
        }
        open.addAll(answers);
        return answers;
    }

    /** The end of the list is about to be written: END may come. */
    synchronized void complete() {
        complete = true;
    }

    /**
     * Takes what the plugin sent.
     *
     * @throws ProtocolException where it was not asked
     */
    void answer(Packet packet) {
        if (packet.is("END") || packet.status() == Status.TERMINATE) {
            end(packet);
            return;
        }
        CompletableFuture<Packet> question;
        synchronized (this) {
            question = open.poll();
        }
        if (question == null) {
            throw new ProtocolException("The plugin sent " + packet + " where nothing was asked");
        }
        question.complete(packet);
    }

    private void end(Packet packet) {
        boolean early;
        synchronized (this) {
            early = !complete && broken == null;
            cutShort |= early && packet.status() != Status.TERMINATE;
        }
        if (early) {
            failOpen(
                    new ProtocolException(
                            "The plugin has stopped reading: it sent " + packet
                                    + " before the list was complete. What comes after the last file that it took is missing from this job"));
        }
        ended.complete(null);
    }

    /** No answer will come any more. */
    void fail(Throwable reason) {
        failOpen(reason);
        ended.completeExceptionally(reason);
    }

    private void failOpen(Throwable reason) {
        List<CompletableFuture<Packet>> waiting;
        synchronized (this) {
            broken = broken == null ? reason : broken;
            waiting = List.copyOf(open);
            open.clear();
        }
        waiting.forEach(question -> question.completeExceptionally(reason));
    }

    /** True where END came before the list was complete: it waits for its acknowledgement, whatever else is said. */
    synchronized boolean isCutShort() {
        return cutShort;
    }

    /** Why there is no answer any more; null where there may be some. */
    synchronized @Nullable Throwable broken() {
        return broken;
    }

    /** Completes at END. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /**
     * Waits.
     *
     * @throws ProtocolException where the plugin broke the rules
     * @throws EOFException where it is gone
     */
    static <T> T join(CompletableFuture<T> future) throws IOException {
        try {
            return future.get();
        } catch (ExecutionException failed) {
            throw told(failed.getCause() == null ? failed : failed.getCause(), "");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Interrupted while waiting for the plugin");
        }
    }

    /** Of the same kind, since that says how to go on. */
    private static IOException told(Throwable reason, String front) {
        String message = front + reason.getMessage();
        if (reason instanceof ProtocolException) {
            throw new ProtocolException(message);
        }
        if (reason instanceof EOFException) {
            EOFException gone = new EOFException(message);
            gone.initCause(reason);
            return gone;
        }
        return new IOException(message, reason);
    }
}
