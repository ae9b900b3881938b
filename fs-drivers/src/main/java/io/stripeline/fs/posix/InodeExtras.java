package io.stripeline.fs.posix;

import io.stripeline.fs.posix.Abilities.Ability;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.FileType;
import io.stripeline.posix.Errno;
import io.stripeline.posix.InodeFlags;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.Xattrs;
import io.stripeline.read.XattrRoom;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an inode has beyond statx(2): extended attributes, ACLs among them, flags and project id. What a filesystem
 * lacks ({@link Abilities}) is not asked of each of its inodes. Thread-safe.
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

    private final Abilities abilities = new Abilities();

    /** Asks the top directory of a filesystem what it has, before the inodes below are asked. */
    void top(long device, InodeCalls dir) {
        ask(device, Ability.XATTRS, dir::names);
        ask(device, Ability.FLAGS, dir::flags);
        ask(device, Ability.PROJECT, dir::project);
    }

    private void ask(long device, Ability ability, Runnable call) {
        if (!abilities.isUnknown(device, ability)) {
            return;
        }
        try {
            call.run();
            abilities.told(device, ability);
        } catch (PosixException failed) {
            if (isLack(ability, failed)) {
                abilities.topRefused(device, ability);
            } // any other failure says nothing of the filesystem; its row is read too, and fails then
        }
    }

    /**
     * Of an open file or directory.
     *
     * @throws io.stripeline.read.PartialAttributesException where there are more than anybody keeps, or some are refused
     */
    Attributes ofOpen(InodeCalls inode, long device, XattrRoom room) {
        XattrSet xattrs = xattrs(device, FileType.REGULAR, room, inode::names, inode::value);
        int flags = 0;
        try {
            flags = number(device, Ability.FLAGS, inode::flags) & RESTORABLE_FLAGS;
        } catch (PosixException failed) {
            xattrs = xattrs.without("flags", refusal(Ability.FLAGS, failed));
        }
        int project = 0;
        try {
            project = number(device, Ability.PROJECT, inode::project);
        } catch (PosixException failed) {
            xattrs = xattrs.without("project id", refusal(Ability.PROJECT, failed));
        }
        return xattrs.isEmpty() && flags == 0 && project == 0
                ? Attributes.NONE
                : xattrs.in(new byte[0], flags, project);
    }

    /** Extended attributes of what must not be opened, by a path whose last component is not followed. */
    XattrSet ofPath(byte[] path, FileType type, long device, XattrRoom room) {
        return xattrs(device, type, room, () -> Xattrs.list(path), name -> Xattrs.get(path, name));
    }

    /** True unless the filesystem has neither flags nor project ids: nothing that an open descriptor would tell. */
    boolean needsOpen(long device) {
        return !abilities.lacks(device, Ability.FLAGS) || !abilities.lacks(device, Ability.PROJECT);
    }

    /** @param type a filesystem that has attributes may have none of symlinks, and says nothing of others by them */
    XattrSet xattrs(
            long device,
            FileType type,
            XattrRoom room,
            Supplier<List<byte[]>> list,
            Function<byte[], byte @Nullable []> value) {
        if (abilities.lacks(device, Ability.XATTRS)) {
            return XattrSet.NONE;
        }
        List<byte[]> names;
        try {
            names = list.get();
            abilities.told(device, Ability.XATTRS);
        } catch (PosixException failed) {
            if (failed.errno() == Errno.E2BIG) {
                abilities.told(device, Ability.XATTRS);
                return XattrSet.unlisted(value, room);
            }
            if (isLack(Ability.XATTRS, failed)
                    && (type == FileType.SYMLINK || !abilities.isOwnRefusal(device, Ability.XATTRS))) {
                return XattrSet.NONE;
            }
            return XattrSet.NONE.without("extended attributes", refusal(Ability.XATTRS, failed));
        }
        return names.isEmpty() ? XattrSet.NONE : XattrSet.of(names, value, room);
    }

    private int number(long device, Ability ability, IntSupplier call) {
        if (abilities.lacks(device, ability)) {
            return 0;
        }
        try {
            int value = call.getAsInt();
            abilities.told(device, ability);
            return value;
        } catch (PosixException failed) {
            if (isLack(ability, failed) && (!abilities.isOwnRefusal(device, ability) || isBelow(failed))) {
                return 0;
            }
            throw failed;
        }
    }

    /** The failure of one inode, of which the rest is kept; thrown on where it is no refusal but the inode cannot be read. */
    private static PosixException refusal(Ability ability, PosixException failed) {
        if (failed.errno() != Errno.EINVAL && !isLack(ability, failed)) {
            throw failed;
        }
        return failed;
    }

    /**
     * EINVAL too where it is what old filesystems answer to an ioctl that they do not know; never for extended
     * attributes, where one broken inode answers it.
     */
    private static boolean isLack(Ability ability, PosixException failed) {
        return failed.kind() == Errno.Kind.UNSUPPORTED || (failed.errno() == Errno.EINVAL && ability != Ability.XATTRS);
    }

    /** A layer below this filesystem (overlayfs, FUSE) has no such ioctl, others have: nothing is there to be kept. */
    private static boolean isBelow(PosixException failed) {
        return failed.errno() == Errno.ENOTTY || failed.errno() == Errno.EOPNOTSUPP;
    }
}
