package io.stripeline;

import io.stripeline.change.ChangeSource;
import io.stripeline.flow.Job;
import io.stripeline.inode.InodeBatch;
import io.stripeline.read.ContentSource;
import io.stripeline.scan.ScanSpec;
import io.stripeline.write.TreeWriter;
import java.nio.file.Path;
import java.util.Optional;
import reactor.core.publisher.Flux;

/**
 * An opened directory tree of one kind of filesystem: the root of all paths of its entries.
 *
 * <p>Owns descriptors and threads; {@link #close()} waits for its workers with a limit and then says which path they
 * hang on. All methods may be called from any thread; streams run on the volume's own bounded threads.
 */
public interface Volume extends AutoCloseable {
    /** The driver's name, for example {@code posix}. */
    String kind();

    /** Where the root of this volume is, as the user gave it, absolute. */
    Path root();

    /** Identity of the filesystem that holds the root. */
    FileSystemId fileSystemId();

    /**
     * Identity of one of the filesystems that a scan of this volume met, by the device number in its rows.
     *
     * @throws IllegalArgumentException where a driver knows that no row of this volume carried this device
     */
    FileSystemId fileSystemId(long device);

    Capabilities capabilities();

    /**
     * Walks the tree, in no particular order but a directory's row before the rows below it. The first row is the root
     * itself (empty name). Cold: each subscription is one walk. Demand in batches; a subscriber that asks for nothing
     * stops the walk after a bounded number of batches. Cancel stops it within the system calls under way.
     *
     * <p>What cannot be read is in {@link InodeBatch#failures()}; {@code onError} means that the root itself cannot be
     * opened, that no walk may start there ({@link io.stripeline.scan.RefusedRootException}), or that the volume is
     * closed. Counts SCANNED, DIRECTORIES, SCANNED_BYTES and SKIPPED of {@code job}.
     */
    Flux<InodeBatch> scan(ScanSpec spec, Job job);

    /** The native source of changes, where {@link Capabilities#changes()} says that there is one. */
    default Optional<ChangeSource> changes() {
        return Optional.empty();
    }

    /** Opens and reads entries of this volume, for the reader stage. */
    ContentSource content();

    /**
     * The same with files of at least {@code bytes} read around the page cache, where the filesystem can: for storage
     * that is faster than memory can be copied, or nodes whose memory belongs to jobs.
     */
    default ContentSource directContent(long bytes) {
        return content();
    }

    /** Creates entries below the root of this volume. */
    TreeWriter writer();

    @Override
    void close();
}
