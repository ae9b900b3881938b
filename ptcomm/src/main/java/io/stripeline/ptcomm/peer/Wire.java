package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.peer.JobReport.Result;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.PacketWriter;
import io.stripeline.ptcomm.wire.ProtocolException;
import io.stripeline.ptcomm.wire.RecordType;
import io.stripeline.ptcomm.wire.Status;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Packets of one conversation as a plugin sees them: messages are taken wherever it waits, and every packet is held
 * against the rules that need no context. Numbers of rules are those of the conformance checklist.
 */
final class Wire {
    /** Enough to see in a report where a conversation went wrong. */
    private static final int REMEMBERED = 6;

    private static final byte[] NOTHING = new byte[0];

    private final BackendLink link;
    private final Pump in;
    private final PacketWriter out;
    private final MessageLog messages;
    private final Conduct conduct;
    private final Limits limits;
    private final Watch watch;
    private final Deque<String> recent = new ArrayDeque<>();
    private final long startNanos = System.nanoTime();
    private volatile boolean cancelled;
    private boolean inBody;
    private boolean exactNames;
    private boolean batches;
    private long received;
    private long receivedBytes;
    private long sent;
    private long longestSilenceNanos;

    Wire(BackendLink link, MessageLog messages, Conduct conduct, Limits limits, Watch watch) {
        this.link = link;
        this.in = new Pump(new PacketReader(link.fromBackend()));
        this.out = new PacketWriter(link.toBackend());
        this.messages = messages;
        this.conduct = conduct;
        this.limits = limits;
        this.watch = watch;
    }

    /**
     * From here on E is no answer any more.
     *
     * @param exact whether names may end in white space, since one newline is all that is stripped
     * @param batched whether batches were agreed on
     */
    void body(boolean exact, boolean batched) {
        inBody = true;
        batches = batched;
        exactNames = exact;
    }

    void cancelled() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    long received() {
        return received;
    }

    long sent() {
        return sent;
    }

    long longestSilenceNanos() {
        return longestSilenceNanos;
    }

    // ---- reading

    /** The next packet that is no message. */
    Packet read(String what) throws IOException {
        flush();
        while (true) {
            behave();
            Packet packet = next(what);
            remember("B> " + packet);
            if (packet.status().isMessage()) {
                messages.add(packet);
            } else {
                return check(packet);
            }
        }
    }

    /** From here on packets are taken while others are written. */
    void pump() {
        in.start();
    }

    /** The next packet that is no message, where one has come; null where none has. */
    @Nullable
    Packet poll() throws IOException {
        while (in.hasMore()) {
            Packet packet = next("nothing in particular");
            remember("B> " + packet);
            if (!packet.status().isMessage()) {
                return check(packet);
            }
            messages.add(packet);
        }
        return null;
    }

    /** No packet is taken any more. */
    void close() {
        in.close();
    }

    /** A message that came in another way than as a packet. */
    void said(Packet message) {
        messages.add(message);
    }

    private Packet next(String what) throws IOException {
        watch.limit(cancelled ? limits.abort() : limits.silence());
        long from = System.nanoTime();
        try {
            Packet packet = in.take();
            if (packet == null) {
                throw lost("The backend ended the conversation where " + what + " was expected", null);
            }
            received++;
            receivedBytes += Packet.HEADER_BYTES + packet.payload().length;
            return packet;
        } catch (ProtocolException bad) {
            throw new Broken(Result.VIOLATION, "Rule 1: " + bad.getMessage() + context(), bad);
        } catch (Broken already) {
            throw already;
        } catch (IOException failed) {
            throw lost("Where " + what + " was expected: " + failed.getMessage(), failed);
        } finally {
            watch.clear();
            longestSilenceNanos = Math.max(longestSilenceNanos, System.nanoTime() - from);
        }
    }

    private Packet check(Packet packet) throws IOException {
        if (cancelled) {
            throw new Broken(Result.CANCELLED, "Cancelled");
        }
        switch (packet.status()) {
            case ABORT -> throw new Broken(Result.ABORTED, MessageLog.text(packet));
            case ERROR -> {
                if (inBody) {
                    throw broken(20, "E is for answers to Job, Params and Start only");
                }
                throw new Broken(Result.ABORTED, MessageLog.text(packet));
            }
            case TERMINATE -> throw broken(10, "T is the plugin's");
            case BATCH -> {
                if (!batches) {
                    throw broken(2, "batches were not agreed on");
                }
                if (packet.payload().length == 0) {
                    throw broken(3, "an empty batch");
                }
            }
            case COMMAND -> checkCommand(packet.payload());
            case DATA -> {
                if (packet.payload().length == 0) {
                    throw broken(3, "an empty D packet");
                }
            }
            default -> {}
        }
        return packet;
    }

    private void checkCommand(byte[] text) throws IOException {
        if (text.length == 0) {
            throw broken(3, "an empty C packet");
        }
        if (text[text.length - 1] != '\n') {
            throw broken(4, "a command without its newline");
        }
        if (text.length == 1 || !exactNames && isSpace(text[text.length - 2])) {
            throw broken(4, "white space before the newline, which the stock plugin strips");
        }
        for (byte b : text) {
            if (b == 0) {
                throw broken(4, "a NUL in a command");
            }
        }
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b >= '\t' && b <= '\r';
    }

    /** Reads to the end of the backend's output; what still comes is looked at by the caller's rule, or by nobody. */
    void expectEnd(boolean silent) throws IOException {
        try {
            for (Packet packet = in.take(); packet != null; packet = in.take()) {
                received++;
                remember("B> " + packet);
                if (silent) {
                    throw broken(8, "nothing may follow T");
                }
                if (packet.status().isMessage()) {
                    messages.add(packet);
                }
            }
        } catch (ProtocolException bad) {
            if (silent) {
                throw new Broken(Result.VIOLATION, "Rule 8: " + bad.getMessage() + context(), bad);
            }
        } catch (EOFException torn) {
            if (silent) {
                throw lost(String.valueOf(torn.getMessage()), torn);
            }
        }
    }

    // ---- writing

    void command(String text) throws IOException {
        command("", text.getBytes(StandardCharsets.UTF_8));
    }

    void command(String keyword, byte[] value) throws IOException {
        byte[] line = RawBytes.join(keyword.getBytes(StandardCharsets.US_ASCII), value);
        send(Status.COMMAND, RawBytes.join(line, new byte[] {'\n'}), () -> out.text(Status.COMMAND, line));
    }

    /** As a stock plugin sends METADATA_STREAM: no newline. */
    void bareCommand(String text) throws IOException {
        byte[] line = text.getBytes(StandardCharsets.US_ASCII);
        send(Status.COMMAND, line, () -> raw(Status.COMMAND, line, line.length));
    }

    void error(String text) throws IOException {
        byte[] line = text.getBytes(StandardCharsets.US_ASCII);
        send(Status.ERROR, RawBytes.join(line, new byte[] {'\n'}), () -> out.text(Status.ERROR, line));
    }

    void data(ByteBuffer data) throws IOException {
        if (sent + 1 == conduct.hangUpWhileSending()) {
            byte[] copy = new byte[data.remaining()];
            data.get(copy);
            data(copy);
        } else {
            send(Status.DATA, NOTHING, () -> out.data(data));
        }
    }

    void data(byte[] data) throws IOException {
        send(Status.DATA, data, () -> out.data(ByteBuffer.wrap(data)));
    }

    /** A record of a batch; of data behind a hole with the offset, else negative. */
    void record(RecordType type, long offset, ByteBuffer body) throws IOException {
        send(Status.BATCH, NOTHING, offset < 0 ? () -> out.record(type, body) : () -> out.dataAt(offset, body));
    }

    void eod() throws IOException {
        send(Status.EOD, NOTHING, out::eod);
    }

    void terminate() throws IOException {
        send(Status.TERMINATE, NOTHING, out::terminate);
    }

    void flush() throws IOException {
        write(out::flush);
    }

    private interface Output {
        void run() throws IOException;
    }

    private void send(Status status, byte[] payload, Output whole) throws IOException {
        if (cancelled) {
            throw new Broken(Result.CANCELLED, "Cancelled");
        }
        sent++;
        remember("P> " + (status.isText() ? new Packet(status, payload) : status));
        if (sent == conduct.hangUpWhileSending()) {
            int half = (Packet.HEADER_BYTES + payload.length) / 2;
            write(() -> raw(status, payload, half - Packet.HEADER_BYTES));
            flush();
            throw new Broken(Result.BROKEN_OFF, "Hung up inside packet " + sent + ", " + status);
        }
        write(whole);
    }

    /** A packet past the writer; a negative number of payload bytes cuts into the header. */
    private void raw(Status status, byte[] payload, int bytes) throws IOException {
        out.flush();
        String header = String.format("%c%06d\n", status.letter(), payload.length);
        ByteBuffer whole = ByteBuffer.wrap(RawBytes.join(header.getBytes(StandardCharsets.US_ASCII), payload));
        whole.limit(Packet.HEADER_BYTES + bytes);
        while (whole.hasRemaining()) {
            link.toBackend().write(whole);
        }
    }

    /** A backend that ends a job says why before it goes: that counts more than the pipe it leaves. */
    private void write(Output output) throws IOException {
        watch.limit(cancelled ? limits.abort() : limits.silence());
        try {
            output.run();
        } catch (Broken already) {
            throw already;
        } catch (IOException gone) {
            lastWords();
            throw lost("The backend does not read any more: " + gone.getMessage(), gone);
        } finally {
            watch.clear();
        }
    }

    private void lastWords() throws Broken {
        watch.limit(limits.abort());
        try {
            for (Packet packet = in.take(); packet != null; packet = in.take()) {
                received++;
                remember("B> " + packet);
                if (packet.status() == Status.ABORT) {
                    throw new Broken(Result.ABORTED, MessageLog.text(packet));
                }
            }
        } catch (Broken said) {
            throw said;
        } catch (ProtocolException bad) {
            throw new Broken(Result.VIOLATION, "Rule 1: " + bad.getMessage() + context(), bad);
        } catch (IOException nothing) {
            remember("B> (" + nothing.getMessage() + ")");
        }
    }

    // ---- what goes wrong

    private Broken lost(String why, @Nullable Throwable cause) {
        Result result = cancelled ? Result.CANCELLED : Result.LOST;
        String limit = watch.hasExpired() ? " (the time limit for it is over)" : "";
        return cause == null
                ? new Broken(result, why + limit + context())
                : new Broken(result, why + limit + context(), cause);
    }

    /** The packet that was read last breaks a rule. */
    Broken broken(int rule, String why) {
        return new Broken(Result.VIOLATION, "Rule " + rule + ": " + why + context());
    }

    private String context() {
        return ". Packet " + received + " of the backend; last of all: " + String.join(" | ", recent);
    }

    private void remember(String packet) {
        if (recent.size() == REMEMBERED) {
            recent.removeFirst();
        }
        recent.addLast(packet);
    }

    private void behave() throws IOException {
        if (conduct.hangUpAfterReceiving() >= 0 && received >= conduct.hangUpAfterReceiving()) {
            throw new Broken(Result.BROKEN_OFF, "Hung up after " + received + " packets");
        }
        if (!conduct.pause().isZero() && received == conduct.pauseAfter()) {
            sleep(conduct.pause().toMillis());
        }
        if (conduct.bytesPerSecond() > 0) {
            long due = startNanos + (long) (receivedBytes * 1e9 / conduct.bytesPerSecond());
            sleep((due - System.nanoTime()) / 1_000_000);
        }
    }

    private static void sleep(long millis) throws IOException {
        try {
            Thread.sleep(Math.max(0, millis));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new Broken(Result.BROKEN_OFF, "Interrupted", stopped);
        }
    }
}
