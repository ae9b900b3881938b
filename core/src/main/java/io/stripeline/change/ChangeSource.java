package io.stripeline.change;

import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * A native source of changes of one volume, and the means to look at what it names. Belongs to its volume and ends with
 * it. Thread-safe.
 */
public interface ChangeSource {
    /** The end of the changes now. Whatever changes after this call is after this cursor. May block. */
    Cursor now();

    /**
     * What changed after {@code from}, up to {@code until} and not far beyond. Cold; ends at {@code until}. A cursor that
     * this source cannot serve (of another kind, or older than what is left) gives {@link Change.Lost} of the root, and
     * any gap a Lost of what it covers: never silence, and {@code onError} only where the source cannot be asked.
     *
     * <p>Reading acknowledges nothing: the same cursor may be read any number of times.
     */
    Flux<Change> since(Cursor from, Cursor until);

    /** No job will read from a cursor older than this again; the source may forget what is before it. May block. */
    void acknowledge(Cursor oldest);

    /**
     * The inode under a path now; a symlink is itself, in no component is one followed. Blocks; several threads at once.
     *
     * @return null where nothing is there
     * @throws io.stripeline.posix.PosixException where that cannot be told
     */
    @Nullable
    Inode inode(RawPath path);

    /**
     * All paths below the volume's root that lead to an inode now; one at most for a directory. Blocks; several threads
     * at once. A source that cannot tell all names of a linked inode says {@link Change.Lost} instead of Touched.
     *
     * @return nothing where it has no name there
     * @throws io.stripeline.posix.PosixException where that cannot be told
     */
    List<RawPath> paths(InodeId inode);
}
