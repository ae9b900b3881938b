package io.stripeline.posix;

import io.stripeline.inode.RawPath;
import java.lang.reflect.Proxy;
import java.util.function.LongSupplier;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * Loads the C library once, and turns results into values or exceptions.
 *
 * <p>Where it cannot be loaded, every call of {@link #LIBC} throws an IllegalStateException: a LinkageError inside a
 * pipeline would be rethrown by Reactor on the worker and never reach the subscriber. errno is read here, right after
 * the call and on its thread; the binding saves it per thread, so nothing of ours may come between.
 */
final class Native {
    static final LibC LIBC;
    private static final @Nullable Runtime RUNTIME;

    static {
        LibC libc;
        Runtime runtime = null;
        try {
            libc = LibraryLoader.create(LibC.class).load("c");
            runtime = Runtime.getRuntime(libc);
            // binds now what old libraries lack; a call finds it out, loading does not
            libc.statx(-1, 0, 0, 0, 0);
        } catch (LinkageError | RuntimeException failed) {
            libc = refusing(failed);
        }
        LIBC = libc;
        RUNTIME = runtime;
    }

    private Native() {}

    private static LibC refusing(Throwable cause) {
        return (LibC) Proxy.newProxyInstance(LibC.class.getClassLoader(), new Class<?>[] {LibC.class}, (p, m, a) -> {
            throw new IllegalStateException(
                    "The C library cannot be bound: " + cause + ". Linux with glibc 2.28 or newer is needed, and a"
                            + " directory for temporary files that is not mounted noexec (-Djffi.extract.dir)",
                    cause);
        });
    }

    /** errno of the last call of this thread. */
    static int errno() {
        return RUNTIME == null ? Errno.ENOSYS : RUNTIME.getLastError();
    }

    /** True where the call that just failed was interrupted and must be made again. */
    static boolean wasInterrupted(long result) {
        return result < 0 && errno() == Errno.EINTR;
    }

    /** The result itself, or {@code -errno} where it is negative. */
    static long orErrno(long result) {
        return result >= 0 ? result : -errno();
    }

    /** Makes a call, again while it is interrupted, and throws where it fails. */
    static long call(String operation, byte[] path, LongSupplier call) {
        long result = attempt(call);
        if (result < 0) {
            throw failure(operation, (int) -result, path);
        }
        return result;
    }

    /** As {@link #call(String, byte[], LongSupplier)} for a call on a descriptor. */
    static long call(String operation, int fd, LongSupplier call) {
        long result = attempt(call);
        if (result < 0) {
            throw failure(operation, (int) -result, fd);
        }
        return result;
    }

    /** Makes a call, again while it is interrupted; {@code -errno} where it fails. */
    static long attempt(LongSupplier call) {
        assert mayBlock();
        long result;
        try {
            do {
                result = call.getAsLong();
            } while (wasInterrupted(result));
        } catch (LinkageError missing) {
            throw new IllegalStateException("The C library lacks a function: " + missing.getMessage(), missing);
        }
        return orErrno(result);
    }

    static PosixException failure(String operation, int errno, byte[] path) {
        return new PosixException(operation, errno, path.length == 0 ? "." : RawPath.printable(path));
    }

    static PosixException failure(String operation, int errno, int fd) {
        return new PosixException(operation, errno, "descriptor " + fd);
    }

    /** For {@code assert}: fails on a Reactor thread that must not block. */
    static boolean mayBlock() {
        if (Schedulers.isInNonBlockingThread()) {
            throw new IllegalStateException(
                    "A system call on " + Thread.currentThread().getName()
                            + ", a Reactor thread that must not block: use publishOn a bounded scheduler of your own");
        }
        return true;
    }
}
