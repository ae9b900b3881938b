package io.stripeline.ptcomm;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.stripeline.ptcomm.wire.ProtocolException;
import io.stripeline.snapshot.FormatException;
import java.io.EOFException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;

/**
 * How much a parser may allocate for an input: so many bytes whatever it is, and so many for each byte that it has, but
 * not for those that it announces.
 */
public record AllocationBound(long fixedBytes, int perByte) {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Runs it twice and looks at the second, since the first one loads classes. */
    public void assertHolds(int inputBytes, Callable<?> parser) throws Exception {
        Object first = result(parser);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        Object second = result(parser);
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertThat(second).hasSameClassAs(first);
        assertThat(allocated)
                .as("bytes allocated for an input of %d bytes", inputBytes)
                .isLessThanOrEqualTo(fixedBytes + (long) perByte * inputBytes);
    }

    private static Object result(Callable<?> parser) throws Exception {
        try {
            return parser.call();
        } catch (FormatException | ProtocolException | EOFException refused) {
            return refused;
        }
    }
}
