package io.stripeline.ptcomm.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacketCodecTest {
    /** The JDK keeps one socket of its own from the first pipe that is closed. */
    @BeforeAll
    static void letTheJdkOpenWhatItKeeps() throws IOException {
        Pipe pipe = Pipe.open();
        pipe.sink().close();
        pipe.source().close();
    }

    private static PacketReader reader(byte[] bytes, int fragment) {
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        return new PacketReader(new ReadableByteChannel() {
            @Override
            public int read(ByteBuffer target) {
                byte[] piece = new byte[Math.min(fragment, target.remaining())];
                int n = in.read(piece, 0, piece.length);
                if (n > 0) {
                    target.put(piece, 0, n);
                }
                return n;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        });
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8, 65536})
    void readsTheTranscriptInAnyFragmentation(int fragment) throws IOException {
        PacketReader in =
                reader(ascii("C000019\nHello stripeline 3\nF000000\nD000003\nabcI000002\nx\nT000000\n"), fragment);

        assertThat(in.expect("hello").after("Hello ")).isEqualTo(ascii("stripeline 3"));
        assertThat(in.expect("end").status()).isEqualTo(Status.EOD);
        assertThat(in.expect("data").payload()).isEqualTo(ascii("abc"));
        assertThat(in.expect("message").status().isMessage()).isTrue();
        assertThat(in.expect("last").status()).isEqualTo(Status.TERMINATE);
        assertThat(in.read()).isNull();
        assertThat(in.packets()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c000001\na",
                "Zabcdef\n",
                "Cabcdef\n",
                "C-00005\nabcde",
                "C00001 \na",
                "C000001a\n",
                "F000004\nabcd",
                "T000001\na",
                "\u00ff000001\na",
                "C+00001\na",
                "0000000\n"
            })
    void refusesABadHeaderAndQuotesIt(String bytes) {
        assertThatThrownBy(() -> reader(ascii(bytes), 100).read())
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("Packet 1")
                .hasMessageContaining("expected");
    }

    @Test
    void anEndInsideAPacketIsNotTheEndOfTheStream() {
        assertThatThrownBy(() -> reader(ascii("C0000"), 2).read()).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> reader(ascii("C000009\nabc"), 2).read())
                .isInstanceOf(EOFException.class)
                .hasMessageContaining("packet 1, 6 bytes are missing");
    }

    @Test
    void whatIsWrittenIsReadWithGatheredAndDirectPayloads() throws Exception {
        SplittableRandom random = new SplittableRandom(7);
        List<Packet> sent = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            byte[] payload = new byte[i % 50 == 49 ? Packet.MAX_PAYLOAD : 1 + random.nextInt(40_000)];
            random.nextBytes(payload);
            sent.add(i % 3 == 0 ? new Packet(Status.EOD, new byte[0]) : new Packet(Status.DATA, payload));
        }
        Pipe pipe = Pipe.open();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            try (Pipe.SinkChannel sink = pipe.sink()) {
                PacketWriter out = new PacketWriter(sink);
                for (Packet packet : sent) {
                    if (packet.status() == Status.EOD) {
                        out.eod();
                    } else {
                        out.data(ByteBuffer.wrap(packet.payload()));
                    }
                }
                out.flush();
            } catch (IOException failed) {
                throw new java.io.UncheckedIOException(failed);
            }
        });
        List<Packet> received = new ArrayList<>();
        try (Pipe.SourceChannel source = pipe.source()) {
            PacketReader in = new PacketReader(source);
            for (Packet packet = in.read(); packet != null; packet = in.read()) {
                received.add(packet);
            }
        }
        writing.get();
        assertThat(received).isEqualTo(sent);
    }

    @Test
    void aCommandKeepsAllBytesOfItsValueAndGetsOneNewline() throws Exception {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        byte[] name = {'/', 'a', (byte) 0xFF, '\n', 'b'};
        try (GatheringStream channel = new GatheringStream(bytes)) {
            PacketWriter out = new PacketWriter(channel);
            out.command("FNAME:", name);
            out.flush();
            assertThatThrownBy(() -> out.command("FNAME:", new byte[] {0}))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> out.data(ByteBuffer.allocate(0))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> out.data(ByteBuffer.allocate(1_000_000)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        Packet packet =
                new PacketReader(Channels.newChannel(new ByteArrayInputStream(bytes.toByteArray()))).expect("x");
        assertThat(packet.after("FNAME:")).isEqualTo(name);
        assertThat(packet.payload()).hasSize(6 + name.length + 1);
    }

    /** A gathering channel over a stream, for tests. */
    private record GatheringStream(java.io.OutputStream out) implements java.nio.channels.GatheringByteChannel {
        @Override
        public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
            long n = 0;
            for (int i = offset; i < offset + length; i++) {
                n += write(sources[i]);
            }
            return n;
        }

        @Override
        public long write(ByteBuffer[] sources) throws IOException {
            return write(sources, 0, sources.length);
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            byte[] bytes = new byte[source.remaining()];
            source.get(bytes);
            out.write(bytes);
            return bytes.length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
