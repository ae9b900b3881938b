package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.PacketWriter;
import io.stripeline.ptcomm.wire.Status;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A backend on a thread of its own that does what a test says. */
final class ScriptedBackend {
    /** What it does; it ends when this returns. */
    interface Script {
        void run(Pipe.SourceChannel in, Pipe.SinkChannel out) throws Exception;
    }

    /** What it says behind the acknowledged start command. */
    interface Body {
        void run(PacketReader in, PacketWriter out) throws Exception;
    }

    private ScriptedBackend() {}

    static ChannelLink start(Script script) {
        return start(script, () -> {});
    }

    static ChannelLink start(Script script, Runnable cancel) {
        try {
            Pipe toPlugin = Pipe.open();
            Pipe toBackend = Pipe.open();
            CompletableFuture<Void> end = new CompletableFuture<>();
            Thread thread = new Thread(
                    () -> {
                        try (Pipe.SourceChannel in = toBackend.source();
                                Pipe.SinkChannel out = toPlugin.sink()) {
                            script.run(in, out);
                            end.complete(null);
                        } catch (Exception | AssertionError failed) {
                            end.completeExceptionally(failed);
                        }
                    },
                    "scripted-backend");
            thread.setDaemon(true);
            thread.start();
            return new ChannelLink(toPlugin.source(), toBackend.sink(), cancel, end);
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    /** Takes and sends exactly the packets of a transcript, then reads to the end. */
    static ChannelLink playing(Transcript transcript) {
        return start((in, out) -> {
            for (Transcript.Step step : transcript.steps()) {
                ByteBuffer bytes = ByteBuffer.wrap(step.bytes());
                if (step.fromPlugin()) {
                    ByteBuffer got = ByteBuffer.allocate(bytes.remaining());
                    boolean more = true;
                    while (more && got.hasRemaining()) {
                        more = in.read(got) >= 0;
                    }
                    byte[] have = Arrays.copyOf(got.array(), got.position());
                    if (!Arrays.equals(have, step.bytes())) {
                        throw new AssertionError("Expected " + step.line() + " and got " + RawBytes.show(have));
                    }
                } else {
                    while (bytes.hasRemaining()) {
                        out.write(bytes);
                    }
                }
            }
            if (in.read(ByteBuffer.allocate(1)) >= 0) {
                throw new AssertionError("More comes behind the transcript");
            }
        });
    }

    /** Opens well, says the body, and answers END. */
    static ChannelLink saying(String accepted, Body body) {
        return start((source, sink) -> {
            PacketReader in = new PacketReader(source);
            PacketWriter out = new PacketWriter(sink);
            open(in, out, accepted);
            body.run(in, out);
            out.flush();
            finish(in, out);
        });
    }

    /** Up to the acknowledged start command; the commands of all blocks. */
    static List<String> open(PacketReader in, PacketWriter out, String accepted) throws IOException {
        List<String> commands = new ArrayList<>();
        commands.add(text(in.expect("hello")));
        out.command("Hello Bacula");
        out.flush();
        for (String block : List.of("Job", "Params")) {
            in.block(block).forEach(line -> commands.add(new String(line, StandardCharsets.ISO_8859_1)));
            if (block.equals("Params") && !accepted.isEmpty()) {
                out.command("X-SLX=1 " + accepted);
            }
            out.eod();
            out.flush();
        }
        commands.add(text(in.expect("start")));
        out.eod();
        return commands;
    }

    /** Answers whatever waits for an EOD until the stream ends. */
    static void finish(PacketReader in, PacketWriter out) throws IOException {
        try {
            for (Packet packet = in.read(); packet != null; packet = in.read()) {
                if (packet.is("END") || packet.is("FINISH")) {
                    out.eod();
                    out.flush();
                }
            }
        } catch (EOFException torn) {
            return; // the peer may hang up wherever it likes
        }
    }

    /** Takes a restore, with OK to every block; the packets as text, data shortened. */
    static List<String> restored(PacketReader in, PacketWriter out) throws IOException {
        List<String> got = new ArrayList<>();
        for (Packet packet = in.expect("block"); !packet.is("FINISH"); packet = in.expect("block")) {
            got.add(packet.status() == Status.COMMAND ? text(packet) : packet.status() + " " + packet.payload().length);
            if (packet.status() == Status.EOD) {
                out.command("OK");
                out.flush();
            }
        }
        out.eod();
        out.flush();
        return got;
    }

    static String text(Packet packet) {
        return new String(packet.command(), StandardCharsets.ISO_8859_1);
    }

    /** A regular file without data. */
    static void file(PacketWriter out, String name) throws IOException {
        out.command("FNAME:" + name);
        out.command("STAT:F 0 0 0 100644 1");
        out.command("TSTAMP:1 2 3");
        out.eod();
        out.eod();
    }
}
