package io.stripeline.read;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.Entry;
import io.stripeline.inode.Inode;
import io.stripeline.layout.Extent;

/**
 * The blocking calls with which the reader stage reads one volume. A driver implements it; only the reader's own
 * threads call it, several at once.
 *
 * <p>Every method throws {@link io.stripeline.posix.PosixException}; that fails the entry, not the job. Those that ask
 * for attributes throw {@link PartialAttributesException} where they have all but some.
 */
public interface ContentSource {
    /**
     * Opens the regular file of a scanned entry. Never follows a symlink in any component, never waits for a fifo's
     * other end, never opens anything but a regular file: what was replaced since the scan by another kind fails with
     * ESTALE, what is gone with ENOENT. The inode may differ from the scanned one; {@link OpenFile#inode()} tells.
     */
    OpenFile open(Entry entry);

    /**
     * Attributes of an entry of any kind that {@link #open} does not take: target of a symlink, xattrs, flags, project
     * id, layout of a directory. Never follows a symlink.
     *
     * @param room is asked before much is held
     */
    Attributes attributes(Entry entry, XattrRoom room);

    /** An open regular file. Not thread-safe but for {@link #read}, which any number of threads may call. */
    interface OpenFile extends AutoCloseable {
        /** Attributes now (fstat). Called after open and again after the last read, to find out about changes. */
        Inode inode();

        /**
         * Xattrs, flags, project id, layout of the open file.
         *
         * @param room is asked before much is held
         */
        Attributes attributes(XattrRoom room);

        /**
         * Reads up to {@code length} bytes at {@code offset} of the file to native memory at {@code address}.
         *
         * @return bytes read, 0 at or past the end of the file; may be short
         */
        int read(long address, int length, long offset);

        /**
         * The extent at {@code offset}, up to {@code end} at most: data, or hole. Where the filesystem cannot tell,
         * everything is data.
         */
        Extent extent(long offset, long end);

        @Override
        void close();
    }
}
