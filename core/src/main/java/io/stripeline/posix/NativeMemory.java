package io.stripeline.posix;

import java.nio.ByteBuffer;

/** Native addresses of direct memory. */
public final class NativeMemory {
    private NativeMemory() {}

    /** Address of the first byte of the capacity of a direct buffer. The buffer must stay reachable while it is used. */
    public static long address(ByteBuffer direct) {
        return com.kenai.jffi.MemoryIO.getInstance().getDirectBufferAddress(direct);
    }
}
