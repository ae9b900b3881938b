package io.stripeline.ptcomm;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.Inode;
import io.stripeline.ptcomm.wire.PacketWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How an entry is put into packets, from its head to its end. Of one thread. */
sealed interface EntryForm permits PacketForm, BatchForm {
    /**
     * What is said of an entry before its content.
     *
     * @param letter kind, as in STAT
     * @param number of the item in this session, from 1
     * @param first number of the item that a hard link is another name of, else 0
     * @param name absolute, of a directory with final slash
     * @param target of a symlink; of a hard link its first name; else null
     * @param layout id, 0 for none
     * @param metadata blocks that the plugin keeps as they are
     */
    record Head(
            Inode inode,
            Attributes attributes,
            char letter,
            long number,
            long first,
            byte[] name,
            byte @Nullable [] target,
            long layout,
            List<byte[]> metadata) {}

    void head(PacketWriter out, Head head) throws IOException;

    /**
     * Content of the entry that has begun.
     *
     * @param jump whether a hole is in front of it
     */
    void data(PacketWriter out, long offset, boolean jump, ByteBuffer bytes) throws IOException;

    /** What comes behind the content: the place of XATTR, then that of ACL. */
    void end(PacketWriter out, List<byte[]> blobs) throws IOException;

    /** A name that is no more. */
    void gone(PacketWriter out, byte[] name) throws IOException;
}
