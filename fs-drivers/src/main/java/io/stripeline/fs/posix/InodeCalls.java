package io.stripeline.fs.posix;

import io.stripeline.posix.InodeFlags;
import io.stripeline.posix.Xattrs;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The calls that tell what an inode has beyond statx(2). All throw {@link io.stripeline.posix.PosixException}. */
interface InodeCalls {
    /** Names of its extended attributes. */
    List<byte[]> names();

    /** The value of one of them, null where there is none (any more). */
    byte @Nullable [] value(byte[] name);

    int flags();

    int project();

    /** Those of an open file or directory. */
    record Open(int fd) implements InodeCalls {
        @Override
        public List<byte[]> names() {
            return Xattrs.list(fd);
        }

        @Override
        public byte @Nullable [] value(byte[] name) {
            return Xattrs.get(fd, name);
        }

        @Override
        public int flags() {
            return InodeFlags.get(fd);
        }

        @Override
        public int project() {
            return InodeFlags.projectId(fd);
        }
    }
}
