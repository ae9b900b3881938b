package io.stripeline.backend;

import io.stripeline.ptcomm.BackendSession;
import io.stripeline.ptcomm.Extensions;
import io.stripeline.ptcomm.peer.ChannelLink;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Pipe;
import java.util.concurrent.CompletableFuture;

/** A backend in this JVM, as {@link BackendMain} runs it, without signals and exit status. */
final class InProcess {
    private InProcess() {}

    static ChannelLink start() throws IOException {
        Pipe toBackend = Pipe.open();
        Pipe fromBackend = Pipe.open();
        Cancel cancel = new Cancel(() -> {});
        CompletableFuture<Void> end = new CompletableFuture<>();
        Thread backend = new Thread(
                () -> {
                    try (Pipe.SourceChannel in = toBackend.source();
                            Pipe.SinkChannel out = fromBackend.sink();
                            BackendSession session = BackendSession.accept(in, out, Extensions.ALL)) {
                        session.gone().whenComplete((none, failed) -> cancel.raise());
                        Jobs.run(session, cancel);
                        end.complete(null);
                    } catch (EOFException gone) {
                        end.complete(null);
                    } catch (IOException failed) {
                        end.completeExceptionally(new UncheckedIOException(failed));
                    } catch (RuntimeException failed) {
                        end.completeExceptionally(failed);
                    }
                },
                "backend-under-test");
        backend.start();
        return new ChannelLink(fromBackend.source(), toBackend.sink(), cancel::raise, end);
    }
}
