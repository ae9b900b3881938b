package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.wire.StatLine;
import io.stripeline.ptcomm.wire.TimeLine;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file as it is announced.
 *
 * @param fileIndex its number in the job
 * @param name raw bytes; of a directory with final slash
 * @param stat type, size, owner, mode
 * @param times zeros where none were sent
 * @param link target of a symbolic link; of a hard link the first name if it was told; else null
 * @param layoutId 0 for none
 * @param metadata blocks of METADATA_STREAM
 */
public record FileHead(
        long fileIndex,
        byte[] name,
        StatLine stat,
        TimeLine times,
        byte @Nullable [] link,
        long layoutId,
        List<byte[]> metadata) {
    public FileHead {
        metadata = List.copyOf(metadata);
    }

    /** For messages. */
    @Override
    public String toString() {
        return RawBytes.show(name) + " " + stat;
    }
}
