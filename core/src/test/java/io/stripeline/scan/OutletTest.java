package io.stripeline.scan;

import io.stripeline.inode.InodeBatch;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.test.StepVerifier;

final class OutletTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    /** Whoever fails and closes finds somebody else emitting; that one has to tell the error when it is done. */
    @Test
    void anErrorIsToldByWhoeverEmitsWhileItIsClosed() {
        Outlet[] outlet = new Outlet[1];
        Flux<InodeBatch> batches = Flux.create(
                sink -> {
                    outlet[0] = new Outlet(sink);
                    outlet[0].put(new InodeBatch());
                    sink.onRequest(outlet[0]::request);
                },
                FluxSink.OverflowStrategy.BUFFER);
        StepVerifier.create(batches.doOnNext(batch -> {
                    outlet[0].fail(new IllegalStateException("closed"));
                    outlet[0].close();
                }))
                .expectNextCount(1)
                .expectErrorMessage("closed")
                .verify(LONG);
    }

    @Test
    void anErrorAfterTheCloseIsNotTold() {
        Outlet[] outlet = new Outlet[1];
        Flux<InodeBatch> batches = Flux.create(sink -> outlet[0] = new Outlet(sink), FluxSink.OverflowStrategy.BUFFER);
        StepVerifier.create(batches)
                .expectSubscription()
                .then(() -> outlet[0].close())
                .then(() -> outlet[0].fail(new IllegalStateException("late")))
                .expectNoEvent(Duration.ofMillis(50))
                .thenCancel()
                .verify(LONG);
    }
}
