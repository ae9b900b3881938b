package io.stripeline.write;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TasksTest {
    /** As where a limit of threads is reached. */
    @Test
    void withoutThreadsTasksRunOnTheOneThatThereIs() throws InterruptedException {
        Tasks tasks = new Tasks(new ThreadPoolExecutor(4, 4, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            throw new OutOfMemoryError("unable to create native thread");
        }));
        AtomicInteger done = new AtomicInteger();
        for (int i = 0; i < 1_000; i++) {
            tasks.submit(done::incrementAndGet);
        }
        tasks.drain();
        tasks.close();
        assertThat(done).hasValue(1_000);
    }
}
