package io.stripeline.backend;

import io.stripeline.ptcomm.BackendUnderTest;
import io.stripeline.ptcomm.peer.BackendLink;
import io.stripeline.ptcomm.peer.ChannelLink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** The backend on a thread of this JVM: a job as its main runs it, without the process around it. */
final class BackendInProcess implements BackendUnderTest {
    @Override
    public boolean isProcess() {
        return false;
    }

    @Override
    public BackendLink start() throws IOException {
        Pipe toPlugin = Pipe.open();
        Pipe toBackend = Pipe.open();
        CompletableFuture<Void> end = new CompletableFuture<>();
        Cancel cancel = new Cancel(() -> {});
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        Thread thread = new Thread(
                () -> {
                    int status = BackendMain.converse(
                            toBackend.source(),
                            toPlugin.sink(),
                            cancel,
                            () -> {},
                            new PrintStream(log, true, StandardCharsets.UTF_8));
                    close(toBackend, toPlugin);
                    if (status == 0) {
                        end.complete(null);
                    } else {
                        end.completeExceptionally(new IllegalStateException(log.toString(StandardCharsets.UTF_8)));
                    }
                },
                "backend-under-test");
        thread.start();
        return new ChannelLink(toPlugin.source(), toBackend.sink(), cancel::raise, end);
    }

    /** What the end of a process does. */
    private static void close(Pipe toBackend, Pipe toPlugin) {
        try {
            toBackend.source().close();
            toPlugin.sink().close();
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }
}
