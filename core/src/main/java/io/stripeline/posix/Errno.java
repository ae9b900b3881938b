package io.stripeline.posix;

/** Error numbers of Linux (asm-generic/errno.h): names, texts, and what they mean to a backup. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int E2BIG = 7;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int EXDEV = 18;
    public static final int ENODEV = 19;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int ENOTTY = 25;
    public static final int ETXTBSY = 26;
    public static final int EFBIG = 27;
    public static final int ENOSPC = 28;
    public static final int EROFS = 30;
    public static final int EMLINK = 31;
    public static final int EPIPE = 32;
    public static final int ERANGE = 34;
    public static final int ENAMETOOLONG = 36;
    public static final int ENOSYS = 38;
    public static final int ENOTEMPTY = 39;
    public static final int ELOOP = 40;
    public static final int ENODATA = 61;
    public static final int EOVERFLOW = 75;
    public static final int EOPNOTSUPP = 95;
    public static final int ENOTCONN = 107;
    public static final int ESHUTDOWN = 108;
    public static final int ETIMEDOUT = 110;
    public static final int EHOSTDOWN = 112;
    public static final int ESTALE = 116;
    public static final int EDQUOT = 122;

    /** What an error means for the entry it came up on. */
    public enum Kind {
        /** May succeed when tried again, after others gave resources back. */
        RETRY,
        /** ESTALE: may succeed once more after a new lookup from the parent. */
        RETRY_ONCE,
        /** The name is no longer there, or no longer what it was: normal on a filesystem in use. */
        GONE,
        /** No room or quota left: going on makes no sense before somebody made room. */
        SPACE,
        /** Missing permission or privilege. */
        DENIED,
        /** The filesystem or kernel cannot do it. */
        UNSUPPORTED,
        /** The filesystem, its servers or its media failed. */
        DEVICE,
        OTHER
    }

    private Errno() {}

    /** The symbol, for example {@code EACCES}; {@code errno 4711} for a number without one. */
    public static String name(int errno) {
        return ErrnoTable.name(errno);
    }

    /** The text of strerror(3) in English. */
    public static String text(int errno) {
        return ErrnoTable.text(errno);
    }

    public static Kind kindOf(int errno) {
        return switch (errno) {
            case EAGAIN, EINTR, ENOMEM, ENFILE, EMFILE, EBUSY -> Kind.RETRY;
            case ESTALE -> Kind.RETRY_ONCE;
            case ENOENT, ENOTDIR -> Kind.GONE;
            case ENOSPC, EDQUOT -> Kind.SPACE;
            case EACCES, EPERM, EROFS -> Kind.DENIED;
            case ENOSYS, EOPNOTSUPP, ENOTTY -> Kind.UNSUPPORTED;
            case EIO, ENXIO, ENODEV, ETIMEDOUT, EHOSTDOWN, ENOTCONN, ESHUTDOWN -> Kind.DEVICE;
            default -> Kind.OTHER;
        };
    }

    /** One sentence on what a user can do; empty where the text says enough. */
    public static String advice(int errno) {
        return switch (kindOf(errno)) {
            case DENIED ->
                errno == EROFS
                        ? "The filesystem is mounted read-only."
                        : "Run as root or with CAP_DAC_READ_SEARCH, and look for root squash on the mount.";
            case SPACE -> "Make room or raise the quota, then repeat.";
            case DEVICE -> "Look at the kernel log and at the state of the filesystem's servers.";
            case RETRY ->
                errno == EMFILE || errno == ENFILE ? "Raise the limit of open files (ulimit -n, LimitNOFILE)." : "";
            case RETRY_ONCE -> "The server no longer knows the file; repeat, and look whether the mount is healthy.";
            default -> "";
        };
    }
}
