package io.stripeline.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.BackendSession;
import io.stripeline.ptcomm.Extensions;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.PacketWriter;
import io.stripeline.ptcomm.wire.Status;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A timer that fails ends the job: a backend that says nothing any more is given up an hour later. */
@Timeout(60)
class JobLogTest {
    @TempDir
    Path work;

    @Test
    void anErrorOfTheTimerEndsTheJobWithALine() throws Exception {
        Pipe toBackend = Pipe.open();
        Pipe toPlugin = Pipe.open();
        PacketWriter out = new PacketWriter(toBackend.sink());
        PacketReader in = new PacketReader(toPlugin.source());
        out.command("Hello stripeline 3");
        out.command("Job");
        out.command("Type=B");
        out.eod();
        out.command("Params");
        out.command("path=/data");
        out.eod();
        out.command("BackupStart");
        out.flush();
        AtomicBoolean stopped = new AtomicBoolean();
        Cancel cancel = new Cancel(() -> {});
        cancel.onRaise(() -> stopped.set(true));
        try (BackendSession session = BackendSession.accept(toBackend.source(), toPlugin.sink(), Extensions.NONE);
                JobLog log = new JobLog(session, cancel, work)) {
            log.show(() -> {
                throw new NoClassDefFoundError("not linked");
            });
            Packet packet = in.expect("a packet");
            while (packet.status() != Status.ABORT) {
                packet = in.expect("a packet");
            }
            assertThat(new String(packet.payload(), StandardCharsets.UTF_8)).contains("internal error", "not linked");
            assertThat(stopped).isTrue();
            assertThat(cancel.isRaised())
                    .as("the plugin's stream is still waited for")
                    .isFalse();
        } finally {
            toBackend.sink().close();
            toBackend.source().close();
            toPlugin.sink().close();
            toPlugin.source().close();
        }
    }
}
