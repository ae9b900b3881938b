package io.stripeline.posix;

/**
 * The functions of the C library that the wrappers of this package call; use those. Public only because jnr-ffi
 * implements it in a class loader of its own.
 *
 * <p>Only ints and longs: addresses are longs, so that every call takes the binding's cheapest way. What is variadic in
 * C goes through {@code syscall}, which takes its arguments from registers on every architecture.
 */
public interface LibC {
    long syscall(long number, long a, long b, long c, long d);

    int statx(int dirfd, long path, int flags, int mask, long buffer);

    int close(int fd);

    long readlinkat(int dirfd, long path, long buffer, long size);

    long pread(int fd, long buffer, long length, long offset);

    long pwrite(int fd, long buffer, long length, long offset);

    long read(int fd, long buffer, long length);

    long write(int fd, long buffer, long length);

    long lseek(int fd, long offset, int whence);

    int fallocate(int fd, int mode, long offset, long length);

    int ftruncate(int fd, long length);

    int fsync(int fd);

    int fdatasync(int fd);

    int posix_fadvise(int fd, long offset, long length, int advice);

    int utimensat(int dirfd, long path, long times, int flags);

    int futimens(int fd, long times);

    int fchownat(int dirfd, long path, int uid, int gid, int flags);

    int fchown(int fd, int uid, int gid);

    int fchmod(int fd, int mode);

    int chmod(long path, int mode);

    int mkdirat(int dirfd, long path, int mode);

    int mknodat(int dirfd, long path, int mode, long device);

    int linkat(int oldDirfd, long oldPath, int newDirfd, long newPath, int flags);

    int symlinkat(long target, int dirfd, long path);

    int unlinkat(int dirfd, long path, int flags);

    int renameat(int oldDirfd, long oldPath, int newDirfd, long newPath);

    int renameat2(int oldDirfd, long oldPath, int newDirfd, long newPath, int flags);

    int fstatfs(int fd, long buffer);

    int statfs(long path, long buffer);

    long llistxattr(long path, long list, long size);

    long flistxattr(int fd, long list, long size);

    long lgetxattr(long path, long name, long value, long size);

    long getxattr(long path, long name, long value, long size);

    long fgetxattr(int fd, long name, long value, long size);

    int lsetxattr(long path, long name, long value, long size, int flags);

    int setxattr(long path, long name, long value, long size, int flags);

    int fsetxattr(int fd, long name, long value, long size, int flags);

    int lremovexattr(long path, long name);

    int removexattr(long path, long name);

    int fremovexattr(int fd, long name);

    int umask(int mask);

    int geteuid();

    int getrlimit(int resource, long limits);

    int clock_gettime(int clock, long time);

    int kill(int pid, int signal);

    int poll(long fds, long count, int timeoutMillis);
}
