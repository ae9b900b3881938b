/* Prints "name value" for every offset and constant that the binding relies on. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#define V(name) printf("%s %lld\n", #name, (long long)(name))
#define U(name) printf("%s %llu\n", #name, (unsigned long long)(name))
#define O(type, field) printf(#type "." #field " %zu\n", offsetof(struct type, field))

struct linux_dirent64 { uint64_t d_ino; int64_t d_off; unsigned short d_reclen; unsigned char d_type; char d_name[]; };

int main(void) {
    V(SYS_openat); V(SYS_getdents64); V(SYS_ioctl); V(SYS_fcntl); V(SYS_openat2);
    V(O_CREAT); V(O_EXCL); V(O_NOCTTY); V(O_TRUNC); V(O_APPEND); V(O_NONBLOCK); V(O_DIRECT); V(O_DIRECTORY); V(O_NOFOLLOW);
    V(O_NOATIME); V(O_CLOEXEC); V(O_PATH);
    V(AT_FDCWD); V(AT_SYMLINK_NOFOLLOW); V(AT_REMOVEDIR); V(AT_SYMLINK_FOLLOW); V(AT_NO_AUTOMOUNT); V(AT_EMPTY_PATH);
    V(AT_STATX_DONT_SYNC);
    V(RESOLVE_NO_XDEV); V(RESOLVE_NO_MAGICLINKS); V(RESOLVE_NO_SYMLINKS); V(RESOLVE_BENEATH); V(RESOLVE_IN_ROOT);
    V(STATX_BASIC_STATS); V(STATX_BTIME); V(STATX_MNT_ID);
    V(UTIME_OMIT); V(UTIME_NOW); V(SEEK_DATA); V(SEEK_HOLE); V(RLIMIT_NOFILE); V(F_SETPIPE_SZ); V(F_DUPFD_CLOEXEC);
    V(FALLOC_FL_KEEP_SIZE); V(FALLOC_FL_PUNCH_HOLE); V(POSIX_FADV_SEQUENTIAL); V(POSIX_FADV_WILLNEED);
    V(POSIX_FADV_DONTNEED); V(POSIX_FADV_NOREUSE); V(XATTR_CREATE); V(RENAME_NOREPLACE); V(ST_RDONLY);
    V(DT_DIR); V(DT_REG); V(DT_LNK); V(SIGINT); V(SIGKILL); V(SIGTERM);
    U((unsigned)FS_IOC_GETFLAGS); U((unsigned)FS_IOC_SETFLAGS); U((unsigned)FS_IOC_GETVERSION);
    U((unsigned)FS_IOC_FSGETXATTR); U((unsigned)FS_IOC_FSSETXATTR);
    V(FS_IMMUTABLE_FL); V(FS_APPEND_FL); V(FS_NODUMP_FL); V(FS_NOATIME_FL); V(FS_NOCOW_FL); V(FS_PROJINHERIT_FL);
    O(linux_dirent64, d_ino); O(linux_dirent64, d_reclen); O(linux_dirent64, d_type); O(linux_dirent64, d_name);
    O(statx, stx_mask); O(statx, stx_attributes); O(statx, stx_nlink); O(statx, stx_uid); O(statx, stx_gid);
    O(statx, stx_mode); O(statx, stx_ino); O(statx, stx_size); O(statx, stx_blocks); O(statx, stx_atime);
    O(statx, stx_btime); O(statx, stx_ctime); O(statx, stx_mtime); O(statx, stx_rdev_major); O(statx, stx_rdev_minor);
    O(statx, stx_dev_major); O(statx, stx_dev_minor); O(statx, stx_mnt_id);
    O(statx_timestamp, tv_nsec);
    O(statfs, f_type); O(statfs, f_bsize); O(statfs, f_blocks); O(statfs, f_bavail); O(statfs, f_fsid); O(statfs, f_flags);
    O(fsxattr, fsx_projid); O(open_how, flags); O(open_how, mode); O(open_how, resolve);
    V(sizeof(struct statx)); V(sizeof(struct statfs)); V(sizeof(struct fsxattr)); V(sizeof(struct open_how));
    V(sizeof(struct timespec)); V(sizeof(struct rlimit));
    U(makedev(0x12345, 0x6789abc)); U(makedev(8, 1));
    for (int e = 1; e < 133; e++) printf("errno.%s %d\n", strerrorname_np(e) ? strerrorname_np(e) : "none", e);
    return 0;
}
