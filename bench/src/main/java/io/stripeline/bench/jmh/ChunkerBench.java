package io.stripeline.bench.jmh;

import io.stripeline.dedup.cdc.ChunkSizes;
import io.stripeline.dedup.cdc.Chunker;
import io.stripeline.dedup.cdc.Gear;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * FastCDC over 16 MiB of random bytes in slabs of 256 KiB, in bytes a microsecond, which is MB/s. {@code copy} is what
 * moving the same bytes costs: the chunker copies each once.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ChunkerBench {
    private static final int BYTES = 16 << 20;
    private static final int SLAB = 256 << 10;
    private final ByteBuffer stream = ByteBuffer.allocateDirect(BYTES);
    private final byte[] target = new byte[SLAB];
    private final Chunker chunker = new Chunker(ChunkSizes.DEFAULT, new Gear("bench".getBytes(StandardCharsets.UTF_8)));
    private long chunks;

    public ChunkerBench() {
        byte[] bytes = new byte[BYTES];
        new SplittableRandom(11).nextBytes(bytes);
        stream.put(bytes);
    }

    @Benchmark
    @OperationsPerInvocation(BYTES)
    public long chunk() {
        for (int at = 0; at < BYTES; at += SLAB) {
            chunker.feed(stream.slice(at, SLAB), this::count);
        }
        chunker.finish(this::count);
        return chunks;
    }

    private void count(ByteBuffer chunk) {
        chunks += chunk.remaining();
    }

    @Benchmark
    @OperationsPerInvocation(BYTES)
    public byte[] copy() {
        for (int at = 0; at < BYTES; at += SLAB) {
            stream.get(at, target);
        }
        return target;
    }
}
