package io.stripeline.write;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Report;
import java.nio.file.Path;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Writes items as files of any mounted filesystem, by system calls relative to one open directory.
 *
 * <p>One thread takes the items in order; small files are made by a pool of workers, one task a file; the pieces of a
 * large file are written by the same pool as they come. A file is written under a temporary name beside its own and
 * renamed when it is whole, so an interrupted restore leaves no half file under a real name, and the next one takes the
 * temporary's place. A file counts as restored when it has its name; nothing is synced to disk.
 *
 * <p>Safety is {@link TargetDirs}': no path below the target is resolved through a symlink.
 */
public final class PosixTreeWriter implements TreeWriter {
    /** Items between the source and the thread that takes them: enough to bridge a hand-over. */
    private static final int PREFETCH = 32;

    private final Path root;
    private final boolean openat2;

    private PosixTreeWriter(Path root, boolean openat2) {
        this.root = root;
        this.openat2 = openat2;
    }

    /** A writer whose targets lie below {@code root}, which is opened at each restore. */
    public static PosixTreeWriter below(Path root) {
        return new PosixTreeWriter(root, true);
    }

    /** As on a kernel without openat2(2). */
    static PosixTreeWriter withoutOpenat2(Path root) {
        return new PosixTreeWriter(root, false);
    }

    @Override
    public Mono<Report> write(Flux<Item> items, RestorePlan plan, Job job) {
        return Mono.using(
                () -> Restoration.start(root, openat2, plan, job),
                restoration -> items.publishOn(restoration.scheduler(), PREFETCH)
                        .<Boolean>handle((item, none) -> restoration.take(item)) // then() would discard what is kept
                        .then(Mono.fromCallable(restoration::finish)),
                Restoration::close);
    }
}
