package io.stripeline.posix;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Native addresses of direct memory. */
public final class NativeMemory {
    private NativeMemory() {}

    /** Address of the first byte of the capacity of a direct buffer. The buffer must stay reachable while it is used. */
    public static long address(ByteBuffer direct) {
        if (!direct.isDirect()) {
            throw new IllegalArgumentException("A heap buffer has no address");
        }
        return MemoryIO.getInstance().getDirectBufferAddress(direct);
    }

    /** A zeroed direct buffer in the byte order of this machine. */
    public static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
}
