package io.stripeline.posix;

import static io.stripeline.posix.Native.LIBC;

/** pipe(7): the room in one, and whether anybody is at its other end. */
public final class Pipes {
    private static final int F_SETPIPE_SZ = 1031; // include/uapi/linux/fcntl.h
    private static final int POLLERR = 0x8; // include/uapi/asm-generic/poll.h
    private static final int POLLHUP = 0x10;

    private Pipes() {}

    /**
     * Gives a pipe room for that many bytes.
     *
     * @return false where the system does not let it: it is no pipe, or the user's limit is reached
     */
    public static boolean resize(int fd, int bytes) {
        return Native.attempt(() -> LIBC.syscall(Arch.HERE.fcntl, fd, F_SETPIPE_SZ, bytes, 0)) >= 0;
    }

    /** True where the other end of a pipe is closed; what was written to it before may still be in it. */
    public static boolean isHungUp(int fd) {
        Scratch scratch = Scratch.get();
        int at = scratch.structAt();
        scratch.memory().putInt(at, fd).putInt(at + 4, 0); // struct pollfd: fd, events, revents
        Native.call("poll", fd, () -> LIBC.poll(scratch.structAddress(), 1, 0));
        return (scratch.memory().getShort(at + 6) & (POLLHUP | POLLERR)) != 0;
    }
}
