package io.stripeline.bench.jmh;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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

/** SHA-256 of chunks, in bytes a microsecond, which is MB/s. Whether the JVM's intrinsic is used shows in the number. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class HashBench {
    private static final int LARGE = 64 << 10;
    private static final int SMALL = 1 << 10;
    private final byte[] bytes = new byte[LARGE];
    private final MessageDigest digest;

    public HashBench() {
        new SplittableRandom(7).nextBytes(bytes);
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** One chunk of average size. */
    @Benchmark
    @OperationsPerInvocation(LARGE)
    public byte[] sha256Chunk() {
        digest.update(bytes, 0, LARGE);
        return digest.digest();
    }

    /** A small file. */
    @Benchmark
    @OperationsPerInvocation(SMALL)
    public byte[] sha256Small() {
        digest.update(bytes, 0, SMALL);
        return digest.digest();
    }
}
