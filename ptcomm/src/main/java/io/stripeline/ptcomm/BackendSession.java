package io.stripeline.ptcomm;

import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.PacketWriter;
import io.stripeline.ptcomm.wire.ProtocolException;
import io.stripeline.ptcomm.wire.Status;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The backend's side of one conversation.
 *
 * <p>{@link #accept} reads up to the start command, which is not acknowledged yet: whatever can fail early is tried
 * then, and {@link #refuse} gives the one clear line that the job ends with. {@link #ready} begins the body. In backups
 * and estimates a thread of the session reads what the plugin answers, so questions may be asked while items are
 * written; in restores whoever takes the items reads.
 *
 * <p>Thread-safe where it says so. Blocking; a write waits while the plugin does not read. Closing does not close the
 * channels: they belong to whoever gave them.
 */
public final class BackendSession implements AutoCloseable {
    /** What the plugin wants after its parameters. */
    public enum Start {
        BACKUP("BackupStart"),
        ESTIMATE("EstimateStart"),
        LISTING("ListingStart"),
        QUERY("QueryStart"),
        RESTORE("RestoreStart");

        private final String command;

        Start(String command) {
            this.command = command;
        }

        /** The command on the wire. */
        public String command() {
            return command;
        }
    }

    /** Writes packets that belong together. */
    @FunctionalInterface
    interface Packets {
        void to(PacketWriter out) throws IOException;
    }

    /** Text of one message packet; the plugin splits further where its interface takes less. */
    private static final int MESSAGE_BYTES = 64 << 10;

    private final PacketReader in;
    private final PacketWriter out;

    /** Guards {@link #out}: held for packets that must not be torn apart. */
    private final ReentrantLock pen = new ReentrantLock();

    /** Guarded by the pen. */
    private final HeldMessages held = new HeldMessages();

    /** Whose item it is: held from an item's first packet to its last. */
    private final Semaphore turn = new Semaphore(1, true);

    private final Questions questions = new Questions();
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private volatile boolean refused;
    private Opening opening = Opening.NONE;

    private BackendSession(ReadableByteChannel in, GatheringByteChannel out) {
        this.in = new PacketReader(in);
        this.out = new PacketWriter(new PluginPipe(out));
    }

    /**
     * Greets, and reads the job, its parameters and what is to be done.
     *
     * @param known extensions that may be agreed on
     * @throws ProtocolException where the plugin breaks the rules or has another version; it has been told
     * @throws EOFException where it ended the conversation
     */
    public static BackendSession accept(ReadableByteChannel in, GatheringByteChannel out, Extensions known)
            throws IOException {
        BackendSession session = new BackendSession(in, out);
        try {
            session.opening = Opening.read(session, known);
        } catch (ProtocolException broken) {
            session.refuse(String.valueOf(broken.getMessage()));
            throw broken;
        }
        return session;
    }

    public JobBlock job() {
        return opening.job();
    }

    /** The parameters of the plugin command, without those of the protocol. */
    public Parameters parameters() {
        return opening.parameters();
    }

    public Extensions extensions() {
        return opening.extensions();
    }

    public Start start() {
        return opening.start();
    }

    /**
     * Runs {@code then} when the plugin has closed its end while the backend is the one who speaks: what is going on
     * should be cancelled then.
     */
    public void whenGone(Runnable then) {
        CompletableFuture<Void> unused = gone.whenComplete((none, failed) -> then.run());
    }

    /**
     * Runs {@code then} when the plugin has broken the protocol, or ended the job before all was sent, while the backend
     * is the one who speaks: what is going on should be cancelled then, and {@link #refuse} called.
     */
    public void whenStopped(Runnable then) {
        CompletableFuture<Void> unused = stopped.whenComplete((none, failed) -> then.run());
    }

    /** Why the plugin takes nothing any more; nothing where it does, as far as is known. */
    public Optional<String> whyStopped() {
        Throwable reason = questions.broken();
        return reason == null ? Optional.empty() : Optional.of(String.valueOf(reason.getMessage()));
    }

    // ---- what ends a job

    /** Ends the job with one line in its log, at any point where the plugin waits, and waits for the stream's end. */
    public void refuse(String why) throws IOException {
        abort(why);
        awaitEnd();
    }

    /**
     * Ends the job with one line in its log, unless it was ended so before; any thread. The streams are still the
     * plugin's: whoever stops the work that goes on has to {@link #refuse}, which waits.
     */
    public void abort(String why) throws IOException {
        pen.lock();
        try {
            if (refused) {
                return;
            }
            refused = true;
            if (questions.isCutShort()) { // it reads an acknowledgement, and no abort could change its mind
                out.text(Status.FILE_ERROR, clean(why));
                out.eod();
            } else {
                held.abort(out, clean(why));
            }
            out.flush();
        } finally {
            pen.unlock();
        }
    }

    private void awaitEnd() throws IOException {
        if (opening.start() == Start.RESTORE || !isListening()) {
            in.drain(); // whoever reads packets of a restore may be in the middle of one
        } else {
            awaitGone();
        }
    }

    /** Waits until the plugin has closed its end, in whatever way. */
    private void awaitGone() throws IOException {
        try {
            Questions.join(gone);
        } catch (EOFException torn) {
            return; // the conversation is over
        }
    }

    /** True where the plugin has been told why the job ends. */
    public boolean isRefused() {
        return refused;
    }

    // ---- the body

    /** Acknowledges the start command. From here on a backup's answers are read by a thread of the session. */
    public void ready() throws IOException {
        if (opening.start() != Start.RESTORE) {
            listener = new Thread(this::listen, "stripeline-ptcomm-answers");
            listener.setDaemon(true);
            listener.start();
        }
        write(out -> {
            out.eod();
            if (!isListening()) {
                held.pluginSends();
            }
        });
    }

    private @Nullable Thread listener;

    private boolean isListening() {
        return listener != null;
    }

    private void listen() {
        try {
            readAnswers();
            questions.fail(new EOFException("The plugin ended the conversation"));
            gone.complete(null);
        } catch (IOException | RuntimeException | Error failed) {
            questions.fail(failed);
            gone.completeExceptionally(failed);
        }
    }

    /** To the end of the stream, whatever comes: until then the plugin may be waiting. */
    private void readAnswers() throws IOException {
        try {
            Packet packet;
            while ((packet = in.read()) != null) {
                questions.answer(packet);
                if (questions.broken() != null) {
                    stopped.complete(null);
                }
            }
        } catch (ProtocolException wrong) {
            questions.fail(wrong);
            stopped.complete(null);
            in.drain();
        }
    }

    /**
     * Asks between items; the answer comes later, and other questions and items may be written before it. Waits for
     * its turn. Any thread but one that holds the turn.
     *
     * @param count packets that answer it
     */
    List<CompletableFuture<Packet>> ask(Packets question, int count) throws IOException, InterruptedException {
        turn.acquire();
        try {
            pen.lock();
            try {
                List<CompletableFuture<Packet>> answers = questions.ask(count);
                question.to(out);
                flush();
                return answers;
            } finally {
                pen.unlock();
            }
        } finally {
            turn.release();
        }
    }

    /** Takes the turn for one item. */
    void begin() throws InterruptedException {
        turn.acquire();
    }

    /** Gives the turn back. */
    void end() {
        turn.release();
    }

    /** Writes packets that belong together, not flushed. Any thread. */
    void put(Packets packets) throws IOException {
        pen.lock();
        try {
            packets.to(out);
        } finally {
            pen.unlock();
        }
    }

    /** Hands what was put to the plugin. */
    void flush() throws IOException {
        pen.lock();
        try {
            out.flush();
        } finally {
            pen.unlock();
        }
    }

    /** Writes packets and hands them to the plugin. */
    void write(Packets packets) throws IOException {
        put(packets);
        flush();
    }

    /** One EOD, for whatever the plugin has sent. */
    void acknowledge() throws IOException {
        write(PacketWriter::eod);
    }

    /** What a restore reads from. */
    PacketReader reader() {
        return in;
    }

    /** Answers a block of a restore with one word, and what there was to say before it; nothing after a refusal. */
    void answer(String word) throws IOException {
        write(out -> {
            if (!refused) {
                held.pluginWaits(out);
                out.command(word);
                held.pluginSends();
            }
        });
    }

    /** The plugin takes messages: its block has come, until that is answered; or no block is answered any more. */
    void pluginWaits() throws IOException {
        write(held::pluginWaits);
    }

    /** Everything of a restore is done: acknowledges FINISH, then END, and waits for the stream's end. */
    public void finishRestore() throws IOException {
        acknowledge();
        Packet packet;
        while ((packet = in.read()) != null) {
            if (packet.is("END")) {
                acknowledge();
            } else if (packet.status() != Status.TERMINATE) {
                throw new ProtocolException("Expected END and got " + packet);
            }
        }
    }

    /**
     * A line in the job's log: {@link Status#INFO}, {@link Status#WARNING}, {@link Status#FILE_ERROR},
     * {@link Status#NOT_SAVED}... Any thread, at any time: in a restore it may be held until the next answer.
     */
    public void say(Status letter, String text) {
        byte[] bytes = clean(text);
        try {
            write(to -> held.say(to, letter, bytes));
        } catch (IOException gone) {
            throw new UncheckedIOException("The plugin cannot be told '" + text + "'", gone);
        }
    }

    private static byte[] clean(String text) {
        byte[] bytes = text.replace('\0', '?').stripTrailing().getBytes(StandardCharsets.UTF_8);
        return bytes.length <= MESSAGE_BYTES ? bytes : java.util.Arrays.copyOf(bytes, MESSAGE_BYTES);
    }

    /** Lines that answer a query, and their end. */
    public void answer(List<String> lines) throws IOException {
        questions.complete();
        write(out -> {
            for (String line : lines) {
                out.command(line);
            }
            out.eod();
        });
    }

    /** The list of a backup, an estimate or a listing is complete. */
    public void endOfList() throws IOException {
        questions.complete();
        write(PacketWriter::eod);
    }

    /** The last EOD of a backup, estimate or listing has been put: acknowledges END and waits for the stream's end. */
    public void finish() throws IOException {
        flush();
        if (opening.start() != Start.QUERY) {
            Questions.join(questions.ended());
            acknowledge();
        }
        awaitGone();
    }

    /** Wakes whoever waits for an answer. The channels stay open. */
    @Override
    public void close() {
        questions.fail(new IOException("The session is closed"));
    }
}
