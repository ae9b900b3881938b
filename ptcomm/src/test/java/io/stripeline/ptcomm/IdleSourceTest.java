package io.stripeline.ptcomm;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Report;
import io.stripeline.inode.RawPath;
import io.stripeline.ptcomm.wire.BatchRecord;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.PacketWriter;
import io.stripeline.ptcomm.wire.RecordType;
import io.stripeline.ptcomm.wire.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** A source that gives a little and then nothing: the plugin is not left waiting for what it gave. */
@Timeout(60)
class IdleSourceTest {
    @TempDir
    Path spill;

    private static Packet next(PacketReader in) throws IOException {
        return in.expect("a packet");
    }

    private static void answerFirst(PacketReader in, PacketWriter out) {
        try {
            while (!next(in).is("FileIndex")) {
                assertThat(in.packets()).isLessThan(10);
            }
            out.command("3");
            out.flush();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void whatWasGivenReachesThePlugin() throws Exception {
        Pipe toBackend = Pipe.open();
        Pipe toPlugin = Pipe.open();
        PacketWriter out = new PacketWriter(toBackend.sink());
        PacketReader in = new PacketReader(toPlugin.source());
        for (String line :
                new String[] {"Hello stripeline 3", "Job", "Type=B", "Level=I", "", "Params", "path=/data"}) {
            if (line.isEmpty()) {
                out.eod();
            } else {
                out.command(line);
            }
        }
        out.command(Extensions.ALL.line());
        out.eod();
        out.command("BackupStart");
        out.flush();
        try (BackendSession session = BackendSession.accept(toBackend.source(), toPlugin.sink(), Extensions.ALL)) {
            session.ready();
            CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> answerFirst(in, out));
            Sinks.Many<Item> source = Sinks.many().unicast().onBackpressureBuffer();
            try (BackupBody body = BackupBody.begin(session, spill, Job.start())) {
                answered.join();
                StepVerifier.create(body.sink(RawPath.of("/data")).write(source.asFlux()))
                        .then(() -> source.tryEmitNext(new Item.Gone(RawPath.of("old"), false))
                                .orThrow())
                        .then(() -> assertThat(batch(in)).isEqualTo("/data/old"))
                        .then(() -> source.tryEmitComplete().orThrow())
                        .expectNextMatches(Report::isComplete)
                        .verifyComplete();
            }
        } finally {
            toBackend.sink().close();
            toBackend.source().close();
            toPlugin.sink().close();
            toPlugin.source().close();
        }
    }

    private static String batch(PacketReader in) {
        try {
            Packet packet = next(in);
            while (packet.status() != Status.BATCH) {
                packet = next(in);
            }
            BatchRecord record = BatchRecord.next(ByteBuffer.wrap(packet.payload()));
            assertThat(record.type()).isEqualTo(RecordType.GONE);
            byte[] name = new byte[record.body().remaining()];
            record.body().get(name);
            return RawPath.of(name).toString();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }
}
