package io.stripeline.ptcomm;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.blob.EntryBlob;
import io.stripeline.ptcomm.wire.BatchItem;
import io.stripeline.ptcomm.wire.BatchRecord;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.PacketWriter;
import io.stripeline.ptcomm.wire.RecordType;
import io.stripeline.ptcomm.wire.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The plugin of a restore, packet by packet, and the backend's session with it. The opening is said in one go. */
final class ScriptedPlugin implements AutoCloseable {
    private final Pipe toBackend = Pipe.open();
    private final Pipe toPlugin = Pipe.open();
    private final PacketWriter out = new PacketWriter(toBackend.sink());
    private final PacketReader in = new PacketReader(toPlugin.source());
    private final Counted taken = new Counted(toBackend.source());
    final BackendSession session;

    /** Counts what the backend has read. */
    private static final class Counted implements ReadableByteChannel {
        private final ReadableByteChannel from;
        private volatile long bytes;

        Counted(ReadableByteChannel from) {
            this.from = from;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            int n = from.read(target);
            bytes += Math.max(0, n);
            return n;
        }

        @Override
        public boolean isOpen() {
            return from.isOpen();
        }

        @Override
        public void close() throws IOException {
            from.close();
        }
    }

    private ScriptedPlugin(List<String> job, List<String> parameters) throws IOException {
        command("Hello stripeline 3");
        command("Job");
        command("Type=R");
        for (String key : job) {
            command(key);
        }
        out.eod();
        command("Params");
        for (String parameter : parameters) {
            command(parameter);
        }
        out.eod();
        command("RestoreStart");
        out.flush();
        session = BackendSession.accept(taken, toPlugin.sink(), Extensions.ALL);
        assertThat(text(read())).isEqualTo("Hello Bacula");
        assertThat(read().status()).isEqualTo(Status.EOD);
        Packet answer = read();
        while (answer.status() != Status.EOD) {
            answer = read();
        }
        session.ready();
        assertThat(read().status()).isEqualTo(Status.EOD);
    }

    /** A stock plugin whose job has these keys. */
    static ScriptedPlugin stock(String... job) throws IOException {
        return new ScriptedPlugin(List.of(job), List.of("path=/data"));
    }

    /** Our plugin, which waits for an answer to each block. */
    static ScriptedPlugin ours(String... job) throws IOException {
        return new ScriptedPlugin(
                List.of(job),
                List.of("path=/data", Extensions.ALL.without(Cap.ASYNC).line()));
    }

    /** Our plugin, which does not. */
    static ScriptedPlugin unanswered(String... job) throws IOException {
        return new ScriptedPlugin(List.of(job), List.of("path=/data", Extensions.ALL.line()));
    }

    void command(String text) throws IOException {
        out.command(text);
    }

    /** Announces an entry; the end of the block is said too. */
    ScriptedPlugin file(String name, String stat, String... more) throws IOException {
        out.command("FNAME:", name.getBytes(StandardCharsets.UTF_8));
        command("STAT:" + stat);
        for (String line : more) {
            command(line);
        }
        out.eod();
        out.flush();
        return this;
    }

    /** A name with any byte: more than a plugin in C can say. */
    void anyName(byte[] name, String stat) throws IOException {
        out.flush();
        byte[] command = Arrays.copyOf("C000000\nFNAME:".getBytes(StandardCharsets.US_ASCII), 14 + name.length + 1);
        System.arraycopy(
                String.format("%06d", command.length - 8).getBytes(StandardCharsets.US_ASCII), 0, command, 1, 6);
        System.arraycopy(name, 0, command, 14, name.length);
        command[command.length - 1] = '\n';
        ByteBuffer bytes = ByteBuffer.wrap(command);
        while (bytes.hasRemaining()) {
            toBackend.sink().write(bytes);
        }
        command("STAT:" + stat);
        endBlock();
    }

    ScriptedPlugin data(byte[]... packets) throws IOException {
        command("DATA");
        for (byte[] packet : packets) {
            out.data(ByteBuffer.wrap(packet));
        }
        out.eod();
        out.flush();
        return this;
    }

    /** The first half of a content. */
    void beginData(byte[] packet) throws IOException {
        command("DATA");
        moreData(packet);
    }

    void moreData(byte[] packet) throws IOException {
        out.data(ByteBuffer.wrap(packet));
        out.flush();
    }

    void endBlock() throws IOException {
        out.eod();
        out.flush();
    }

    void seek(long offset) throws IOException {
        command("X-SEEK:" + offset);
    }

    ScriptedPlugin attached(String what, byte[] bytes) throws IOException {
        command(what);
        out.data(ByteBuffer.wrap(bytes));
        out.eod();
        out.flush();
        return this;
    }

    ScriptedPlugin attached(String what, EntryBlob blob) throws IOException {
        return attached(what, blob.encode(900_000).get(0));
    }

    // ---- records of batches; they go out with the next flush

    ScriptedPlugin item(long number, char kind, int mode, long size, String name, String target) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        byte[] to = target.getBytes(StandardCharsets.UTF_8);
        ByteBuffer body = ByteBuffer.allocate(BatchItem.FIXED_BYTES + bytes.length + to.length);
        body.putLong(0, number).put(8, (byte) kind).putInt(12, mode).putInt(24, 1);
        body.putLong(32, size).putLong(64, 7).putLong(76, 5).putLong(88, 9);
        body.putInt(120, bytes.length).putInt(124, to.length);
        body.put(BatchItem.FIXED_BYTES, bytes).put(BatchItem.FIXED_BYTES + bytes.length, to);
        return record(RecordType.ITEM, body.array());
    }

    ScriptedPlugin record(RecordType type, byte... body) throws IOException {
        out.record(type, body.length).put(body);
        return this;
    }

    ScriptedPlugin dataAt(long offset, byte[] bytes) throws IOException {
        out.dataAt(offset, ByteBuffer.wrap(bytes));
        return this;
    }

    ScriptedPlugin content(byte[] bytes) throws IOException {
        out.record(RecordType.DATA, ByteBuffer.wrap(bytes));
        return this;
    }

    ScriptedPlugin endItem() throws IOException {
        return record(RecordType.END, BatchRecord.GOOD);
    }

    void flush() throws IOException {
        out.flush();
    }

    /** What the next packet reports: item and code of each. */
    List<String> results() throws IOException {
        Packet packet = read();
        assertThat(packet.status()).as(packet.toString()).isEqualTo(Status.BATCH);
        List<String> results = new ArrayList<>();
        ByteBuffer payload = ByteBuffer.wrap(packet.payload());
        while (payload.hasRemaining()) {
            BatchRecord record = BatchRecord.next(payload);
            assertThat(record.type()).isEqualTo(RecordType.RESULT);
            assertThat(record.body().remaining()).isEqualTo(9);
            results.add(record.body().getLong() + " " + record.body().get());
        }
        return results;
    }

    // ---- the end

    void finish() throws IOException {
        command("FINISH");
        out.flush();
    }

    /** TERMINATE behind what was said, and the end of the stream. */
    void endOfSession() throws IOException {
        out.terminate();
        out.flush();
        hangUp();
    }

    Packet read() throws IOException {
        return in.expect("an answer");
    }

    /** All packets of the backend up to the next command or EOD, as letters and texts. */
    List<String> answer() throws IOException {
        List<String> out = new ArrayList<>();
        for (Packet packet = read(); ; packet = read()) {
            out.add((char) packet.status().letter() + " " + text(packet));
            if (packet.status() == Status.COMMAND || packet.status() == Status.EOD) {
                return out;
            }
        }
    }

    static String text(Packet packet) {
        return new String(packet.payload(), StandardCharsets.UTF_8).strip();
    }

    /** Bytes that the backend has read so far. */
    long taken() {
        return taken.bytes;
    }

    /** True where the backend has written nothing that was not read. */
    boolean hearsNothing() throws IOException {
        Pipe.SourceChannel source = toPlugin.source();
        source.configureBlocking(false);
        try {
            return source.read(ByteBuffer.allocate(1)) == 0;
        } finally {
            source.configureBlocking(true);
        }
    }

    /** Its end of the way to the backend. */
    void hangUp() throws IOException {
        toBackend.sink().close();
    }

    @Override
    public void close() throws IOException {
        session.close();
        toBackend.sink().close();
        toBackend.source().close();
        toPlugin.sink().close();
        toPlugin.source().close();
    }
}
