package io.stripeline.posix;

import static io.stripeline.posix.Native.LIBC;

/** This process: user, umask, limits; signals to others. */
public final class Processes {
    public static final int SIGINT = 2;
    public static final int SIGKILL = 9;
    public static final int SIGTERM = 15;

    private static final int RLIMIT_NOFILE = 7;
    private static final int CLOCK_PROCESS_CPUTIME_ID = 2;

    private Processes() {}

    public static long pid() {
        return ProcessHandle.current().pid();
    }

    public static int effectiveUid() {
        return LIBC.geteuid();
    }

    /** True where owners can be set and every file be read, as far as the user id tells. */
    public static boolean isRoot() {
        return effectiveUid() == 0;
    }

    /** umask(2): sets the mask of the whole process and returns the one before. */
    public static int umask(int mask) {
        return LIBC.umask(mask);
    }

    /** Soft limit of open descriptors; Integer.MAX_VALUE where there is none. */
    public static int maxOpenFiles() {
        Scratch scratch = Scratch.get();
        Native.call("getrlimit", RLIMIT_NOFILE, () -> LIBC.getrlimit(RLIMIT_NOFILE, scratch.structAddress()));
        long soft = scratch.memory().getLong(scratch.structAt());
        return soft < 0 || soft > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) soft;
    }

    /** CPU time of all threads of this process so far, user and system. */
    public static long cpuNanos() {
        Scratch scratch = Scratch.get();
        Native.call(
                "clock_gettime",
                CLOCK_PROCESS_CPUTIME_ID,
                () -> LIBC.clock_gettime(CLOCK_PROCESS_CPUTIME_ID, scratch.structAddress()));
        int at = scratch.structAt();
        return scratch.memory().getLong(at) * 1_000_000_000L + scratch.memory().getLong(at + 8);
    }

    /**
     * Whether there is a process of that number, also where it is another user's and /proc hides it. False is certain;
     * true is said of a zombie too, and where the kernel tells neither.
     */
    public static boolean exists(int pid) {
        return Native.attempt(() -> LIBC.kill(pid, 0)) != -Errno.ESRCH;
    }

    /** kill(2). */
    public static void signal(int pid, int signal) {
        long result = Native.attempt(() -> LIBC.kill(pid, signal));
        if (result < 0) {
            throw new PosixException("kill", (int) -result, "process " + pid);
        }
    }
}
