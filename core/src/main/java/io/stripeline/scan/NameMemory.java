package io.stripeline.scan;

import io.stripeline.posix.NativeMemory;
import java.nio.ByteBuffer;

/** Native memory of one worker for names, NUL-terminated. */
final class NameMemory {
    private ByteBuffer memory = NativeMemory.allocate(4096);
    private long address = NativeMemory.address(memory);

    /** Copies bytes and a NUL; the address is good until the next call. */
    long put(byte[] bytes) {
        if (bytes.length >= memory.capacity()) {
            memory = NativeMemory.allocate(2 * bytes.length);
            address = NativeMemory.address(memory);
        }
        memory.put(0, bytes);
        memory.put(bytes.length, (byte) 0);
        return address;
    }
}
