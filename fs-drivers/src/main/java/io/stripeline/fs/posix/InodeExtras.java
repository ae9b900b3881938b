package io.stripeline.fs.posix;

import io.stripeline.inode.Attributes;
import io.stripeline.posix.Errno;
import io.stripeline.posix.InodeFlags;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.Xattrs;
import io.stripeline.read.XattrRoom;
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

    private enum Ability {
        XATTRS,
        FLAGS,
        PROJECT
    }

    private record Lack(long device, Ability ability) {}

    private final ConcurrentHashMap<Lack, Boolean> lacks = new ConcurrentHashMap<>();

    /**
     * Of an open file or directory.
     *
     * @throws io.stripeline.read.PartialAttributesException where there are more than anybody keeps
     */
    Attributes ofOpen(int fd, long device, XattrRoom room) {
        XattrSet xattrs = xattrs(device, room, () -> Xattrs.list(fd), name -> Xattrs.get(fd, name));
        int flags = number(device, Ability.FLAGS, () -> InodeFlags.get(fd)) & RESTORABLE_FLAGS;
        int project = number(device, Ability.PROJECT, () -> InodeFlags.projectId(fd));
        return xattrs.isEmpty() && flags == 0 && project == 0
                ? Attributes.NONE
                : xattrs.in(new byte[0], flags, project);
    }

    /** Extended attributes of what must not be opened, by a path whose last component is not followed. */
    XattrSet ofPath(byte[] path, long device, XattrRoom room) {
        return xattrs(device, room, () -> Xattrs.list(path), name -> Xattrs.get(path, name));
    }

    /** True unless the filesystem has neither flags nor project ids: nothing that an open descriptor would tell. */
    boolean needsOpen(long device) {
        return !lacks.containsKey(new Lack(device, Ability.FLAGS))
                || !lacks.containsKey(new Lack(device, Ability.PROJECT));
    }

    private XattrSet xattrs(
            long device, XattrRoom room, Supplier<List<byte[]>> list, Function<byte[], byte @Nullable []> value) {
        Lack lack = new Lack(device, Ability.XATTRS);
        if (lacks.containsKey(lack)) {
            return XattrSet.NONE;
        }
        try {
            List<byte[]> names = list.get();
            return names.isEmpty() ? XattrSet.NONE : XattrSet.of(names, value, room);
        } catch (PosixException failed) {
            if (failed.errno() == Errno.E2BIG) {
                return XattrSet.unlisted(value, room);
            }
            if (!isLack(failed)) {
                throw failed;
            }
            lacks.put(lack, true);
            return XattrSet.NONE;
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
    static boolean isLack(PosixException failed) {
        return failed.kind() == Errno.Kind.UNSUPPORTED || failed.errno() == Errno.EINVAL;
    }
}
