package io.stripeline.posix;

import java.nio.ByteBuffer;

/**
 * Native memory of one thread for the arguments of one call: two paths, a small structure, and a value of at most 64
 * KiB, the kernel's limit for extended attributes (linux/limits.h).
 */
final class Scratch {
    /** PATH_MAX with its NUL. */
    private static final int PATH_BYTES = 4096;

    private static final int STRUCT_BYTES = 256;
    static final int VALUE_BYTES = 65536;

    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);
    private static final ThreadLocal<Scratch.Value> VALUE_OF_THREAD = ThreadLocal.withInitial(Value::new);

    private final ByteBuffer memory = NativeMemory.allocate(2 * PATH_BYTES + STRUCT_BYTES);
    private final long address = NativeMemory.address(memory);

    /** The large part, only on threads that need it. */
    static final class Value {
        final ByteBuffer memory = NativeMemory.allocate(VALUE_BYTES);
        final long address = NativeMemory.address(memory);

        byte[] bytes(long length) {
            byte[] out = new byte[(int) length];
            memory.get(0, out);
            return out;
        }

        long put(byte[] value) {
            memory.put(0, value);
            return address;
        }
    }

    private Scratch() {}

    static Scratch get() {
        return OF_THREAD.get();
    }

    static Value value() {
        return VALUE_OF_THREAD.get();
    }

    /** Copies a path and its NUL to the first place; throws ENAMETOOLONG or EINVAL as the kernel would. */
    long path(String operation, byte[] path) {
        return put(operation, path, 0);
    }

    /** The same for the second place. */
    long secondPath(String operation, byte[] path) {
        return put(operation, path, PATH_BYTES);
    }

    private long put(String operation, byte[] path, int at) {
        if (path.length >= PATH_BYTES) {
            throw Native.failure(operation, Errno.ENAMETOOLONG, path);
        }
        for (byte b : path) {
            if (b == 0) {
                throw Native.failure(operation, Errno.EINVAL, path);
            }
        }
        memory.put(at, path);
        memory.put(at + path.length, (byte) 0);
        return address + at;
    }

    /** The place for a structure: index into {@link #memory()}. */
    int structAt() {
        return 2 * PATH_BYTES;
    }

    long structAddress() {
        return address + 2 * PATH_BYTES;
    }

    ByteBuffer memory() {
        return memory;
    }
}
