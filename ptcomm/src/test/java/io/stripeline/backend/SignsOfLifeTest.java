package io.stripeline.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.BackendUnderTest;
import io.stripeline.ptcomm.peer.BackendLink;
import io.stripeline.ptcomm.peer.Ending;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.PacketWriter;
import io.stripeline.ptcomm.wire.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rule 32: a plugin gives a backend up that says nothing for an hour. The backend says something each second here. */
@Timeout(120)
class SignsOfLifeTest {
    @TempDir
    Path work;

    private Path tree;
    private BackendLink link;
    private PacketReader in;
    private PacketWriter out;

    @BeforeEach
    void start() throws IOException {
        System.setProperty(BackendUnderTest.PROGRESS, "1");
        tree = Files.createDirectory(work.resolve("silent"));
        link = new BackendInProcess().start();
        in = new PacketReader(link.fromBackend());
        out = new PacketWriter(link.toBackend());
    }

    @AfterEach
    void end() throws IOException {
        System.clearProperty(BackendUnderTest.PROGRESS);
        link.toBackend().close();
        assertThat(link.end(Duration.ofSeconds(60), Duration.ofSeconds(5)))
                .isEqualTo(new Ending(Ending.How.BY_ITSELF, 0, ""));
    }

    private void say(String... lines) throws IOException {
        for (String line : lines) {
            if (line.isEmpty()) {
                out.eod();
            } else {
                out.command(line);
            }
        }
        out.flush();
    }

    /** Reads up to the first packet that is wanted; takes every file that it is asked about. */
    private Packet next(Predicate<Packet> wanted) throws IOException {
        Packet packet = in.expect("a packet");
        while (!wanted.test(packet)) {
            assertThat(packet.status()).as(packet.toString()).isNotIn(Status.ABORT, Status.FILE_ERROR);
            if (packet.startsWith("ACCEPT:")) {
                say("OK");
            }
            packet = in.expect("a packet");
        }
        return packet;
    }

    private static boolean isProgress(Packet packet) {
        return packet.status() == Status.INFO
                && new String(packet.payload(), StandardCharsets.UTF_8).startsWith("so far ");
    }

    private void open(String type, String start, String... parameters) throws IOException {
        say("Hello stripeline 3", "Job", "Type=" + type, "Level=F", "", "Params", "path=" + tree);
        say(parameters);
        say("", start);
        next(packet -> packet.is("Hello Bacula"));
        for (int i = 0; i < 3; i++) {
            next(packet -> packet.status() == Status.EOD);
        }
    }

    /** The source has nothing to give from the first moment to the last: not one item comes with which the time goes by. */
    @Test
    void aSourceThatIsSilentFromItsStartToItsEnd() throws IOException {
        Files.writeString(tree.resolve("file"), "x");
        open("B", "BackupStart", "fs=broken");
        next(packet -> packet.is("FileIndex"));
        say("0");
        for (int lines = 0; lines < 3; lines++) {
            next(packet -> {
                assertThat(packet.startsWith("FNAME:")).as(packet.toString()).isFalse();
                return isProgress(packet);
            });
        }
        Files.createFile(work.resolve("go"));
        CompletableFuture<Void> items = new CompletableFuture<>();
        next(packet -> {
            if (packet.startsWith("FNAME:") && new String(packet.command(), StandardCharsets.UTF_8).endsWith("/file")) {
                items.complete(null);
            }
            return packet.is("FileIndex");
        });
        assertThat(items).isDone();
    }

    @Test
    void aRestoreToldOfWithTheAnswers() throws Exception {
        open("R", "RestoreStart");
        boolean told = false;
        for (int i = 0; !told; i++) {
            say("FNAME:" + tree + "/f" + i, "STAT:E 0 0 0 100644 1 0", "TSTAMP:1 2 3", "");
            Packet packet = in.expect("an answer");
            while (!packet.is("OK")) {
                told |= isProgress(packet);
                packet = in.expect("an answer");
            }
            Thread.sleep(20);
        }
        say("FINISH");
        next(packet -> packet.status() == Status.EOD);
        say("END");
        next(packet -> packet.status() == Status.EOD);
        assertThat(tree.resolve("f0")).isEmptyFile();
    }
}
