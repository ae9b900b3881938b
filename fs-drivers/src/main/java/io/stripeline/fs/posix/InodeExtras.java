package io.stripeline.fs.posix;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.Xattr;
import io.stripeline.posix.Errno;
import io.stripeline.posix.InodeFlags;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.Xattrs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an inode has beyond statx(2): extended attributes, ACLs among them, flags and project id. What a filesystem has
 * said once that it does not know is not asked of it again. Thread-safe.
 */
final class InodeExtras {
    /** What a restore may set again; the others describe how the filesystem keeps the inode. */
    static final int RESTORABLE_FLAGS = InodeFlags.FS_SECRM_FL
            | InodeFlags.FS_SYNC_FL
            | InodeFlags.FS_IMMUTABLE_FL
            | InodeFlags.FS_APPEND_FL
            | InodeFlags.FS_NODUMP_FL
            | InodeFlags.FS_NOATIME_FL
            | InodeFlags.FS_NOCOW_FL
            | InodeFlags.FS_PROJINHERIT_FL;

    /** Most bytes of values of one inode; the kernel allows 64 KiB each and any number of them, 64 KiB of names in all. */
    static final int MOST_XATTR_BYTES = 1 << 20;

    private enum Ability {
        XATTRS,
        FLAGS,
        PROJECT
    }

    private record Lack(long device, Ability ability) {}

    private static final Comparator<Xattr> BY_NAME = (a, b) -> Arrays.compareUnsigned(a.name(), b.name());

    private final ConcurrentHashMap<Lack, Boolean> lacks = new ConcurrentHashMap<>();

    /** Of an open file or directory. */
    Attributes ofOpen(int fd, long device) {
        List<Xattr> xattrs = xattrs(device, () -> Xattrs.list(fd), name -> Xattrs.get(fd, name));
        int flags = number(device, Ability.FLAGS, () -> InodeFlags.get(fd)) & RESTORABLE_FLAGS;
        int project = number(device, Ability.PROJECT, () -> InodeFlags.projectId(fd));
        return xattrs.isEmpty() && flags == 0 && project == 0
                ? Attributes.NONE
                : new Attributes(new byte[0], xattrs, flags, project, null);
    }

    /** Extended attributes of what must not be opened, by a path whose last component is not followed. */
    List<Xattr> ofPath(byte[] path, long device) {
        return xattrs(device, () -> Xattrs.list(path), name -> Xattrs.get(path, name));
    }

    /** True unless the filesystem has neither flags nor project ids: nothing that an open descriptor would tell. */
    boolean needsOpen(long device) {
        return !lacks.containsKey(new Lack(device, Ability.FLAGS))
                || !lacks.containsKey(new Lack(device, Ability.PROJECT));
    }

    private List<Xattr> xattrs(long device, Supplier<List<byte[]>> list, Function<byte[], byte @Nullable []> value) {
        Lack lack = new Lack(device, Ability.XATTRS);
        if (lacks.containsKey(lack)) {
            return List.of();
        }
        List<byte[]> names;
        try {
            names = list.get();
        } catch (PosixException failed) {
            if (!isLack(failed)) {
                throw failed;
            }
            lacks.put(lack, true);
            return List.of();
        }
        return names.isEmpty() ? List.of() : values(names, value);
    }

    private static List<Xattr> values(List<byte[]> names, Function<byte[], byte @Nullable []> value) {
        List<Xattr> out = new ArrayList<>(names.size());
        long bytes = 0;
        for (byte[] name : names) {
            byte[] one = valueOf(name, value);
            if (one != null) { // else removed since it was listed, or of a kind that only lists itself
                bytes += one.length;
                if (bytes > MOST_XATTR_BYTES) {
                    throw new PosixException("getxattr", Errno.E2BIG, "");
                }
                out.add(new Xattr(name, one));
            }
        }
        out.sort(BY_NAME);
        return out;
    }

    private static byte @Nullable [] valueOf(byte[] name, Function<byte[], byte @Nullable []> value) {
        try {
            return value.apply(name);
        } catch (PosixException failed) {
            if (isLack(failed)) {
                return null;
            }
            throw failed;
        }
    }

    private int number(long device, Ability ability, IntSupplier call) {
        Lack lack = new Lack(device, ability);
        if (lacks.containsKey(lack)) {
            return 0;
        }
        try {
            return call.getAsInt();
        } catch (PosixException failed) {
            if (!isLack(failed)) {
                throw failed;
            }
            lacks.put(lack, true);
            return 0;
        }
    }

    /** EINVAL and ENOTTY too: what old filesystems answer to an ioctl that they do not know. */
    private static boolean isLack(PosixException failed) {
        return failed.kind() == Errno.Kind.UNSUPPORTED || failed.errno() == Errno.EINVAL;
    }
}
