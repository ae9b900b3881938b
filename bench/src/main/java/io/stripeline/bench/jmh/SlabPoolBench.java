package io.stripeline.bench.jmh;

import io.stripeline.slab.Slab;
import io.stripeline.slab.SlabPool;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** Small files a second as the pool sees them: a place in the line, one slab, and both given back. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class SlabPoolBench {
    private final SlabPool pool = SlabPool.of(64, SlabPool.DEFAULT_SLAB_BYTES);

    @Benchmark
    @Threads(1)
    public void fileAlone() throws InterruptedException {
        file();
    }

    @Benchmark
    @Threads(4)
    public void fileOfFourThreads() throws InterruptedException {
        file();
    }

    private void file() throws InterruptedException {
        try (SlabPool.Ticket ticket = pool.ticket()) {
            Slab slab = ticket.take();
            slab.buffer();
            slab.release();
        }
    }

    @TearDown
    public void close() {
        pool.close();
    }
}
