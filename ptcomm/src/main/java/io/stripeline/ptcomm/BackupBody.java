package io.stripeline.ptcomm;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Report;
import io.stripeline.flow.Sink;
import io.stripeline.flow.Stopped;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.layout.Layout;
import io.stripeline.ptcomm.blob.LayoutCollector;
import io.stripeline.ptcomm.blob.LayoutTable;
import io.stripeline.ptcomm.blob.LinkedTrees;
import io.stripeline.ptcomm.blob.RestoreObject;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.ProtocolException;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.ptcomm.wire.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The body of one backup: items of one tree or of several, one after the other, then the end, with what all of them
 * share: the count that the plugin must have come to as well, and the FileIndex of inodes with several names.
 *
 * <p>The plugin's number of items is asked for at the beginning, now and then, and at the end: a plugin that has
 * stopped reading would let the job end well with the rest missing.
 */
public final class BackupBody implements AutoCloseable {
    /** Items between two looks at the plugin's count: each is a round trip, but nobody waits for it. */
    private static final int CHECKED_EVERY = 10_000;

    /** Items between the reader and the thread that writes: enough to bridge a hand-over. */
    private static final int PREFETCH = 32;

    /** How long the last items of a slow source may lie in the buffer. */
    private static final Duration IDLE = Duration.ofSeconds(1);

    private final BackendSession session;
    private final Job job;
    private final LinkIndexes links;
    private final LayoutCollector layouts;
    private final long countBefore;
    private volatile @Nullable RuntimeException miscounted;
    private long items;
    /** Items that the plugin has made of names that are gone: they take a FileIndex, and count in no tally. */
    private long deletions;

    private long bytes;

    private BackupBody(BackendSession session, Path spill, Job job, long countBefore) {
        this.session = session;
        this.job = job;
        this.links = new LinkIndexes(spill);
        this.layouts = new LayoutCollector(
                line -> job.problems().add(new Problem(RawPath.ROOT, Problem.Severity.WARNING, "layouts", line)));
        this.countBefore = countBefore;
    }

    /**
     * Begins the body of a backup that is {@link BackendSession#ready() ready}.
     *
     * @param spill directory for what does not fit into memory
     */
    public static BackupBody begin(BackendSession session, Path spill, Job job)
            throws IOException, InterruptedException {
        return new BackupBody(session, spill, job, number(Questions.join(askCount(session))));
    }

    private static CompletableFuture<Packet> askCount(BackendSession session) throws IOException, InterruptedException {
        return session.ask(out -> out.command("FileIndex"), 1).get(0);
    }

    private static long number(Packet packet) {
        String text = new String(packet.command(), StandardCharsets.US_ASCII);
        if (packet.status() != Status.COMMAND || !text.matches("\\d{1,18}")) {
            throw new ProtocolException("The plugin answers FileIndex with " + packet + "; expected a number");
        }
        return Long.parseLong(text);
    }

    BackendSession session() {
        return session;
    }

    Job job() {
        return job;
    }

    /**
     * Takes the items of the tree at {@code root}, an absolute path. Its report is complete when all of them are
     * written; nothing is acknowledged before {@link #end}.
     */
    public Sink sink(RawPath root) {
        return from -> write(from, root);
    }

    private Mono<Report> write(Flux<Item> from, RawPath root) {
        return Mono.using(
                () -> new ItemPackets(this, root),
                packets -> Mono.firstWithSignal(
                        from.publishOn(packets.scheduler(), PREFETCH)
                                .<Boolean>handle(
                                        (item, none) -> packets.take(item)) // then() would discard what is kept
                                .then(Mono.fromCallable(() -> {
                                    packets.finish();
                                    return Report.of("", job);
                                })),
                        flushWhenIdle(packets)),
                ItemPackets::close);
    }

    /** What was gathered goes to the plugin though nothing more comes. Ends when it is cancelled, or the plugin is gone. */
    private static Mono<Report> flushWhenIdle(ItemPackets packets) {
        return Flux.using(
                        () -> Schedulers.newSingle("stripeline-ptcomm-idle", true),
                        timer -> Flux.interval(IDLE, timer).onBackpressureDrop(),
                        Scheduler::dispose)
                .publishOn(packets.scheduler(), 1)
                .doOnNext(tick -> packets.idle())
                .then(Mono.never());
    }

    /** An item is complete: looks after the count now and then. */
    void sent(long contentBytes) throws IOException, InterruptedException {
        items++;
        bytes += contentBytes;
        if (items % CHECKED_EVERY == 0) {
            long expected = fileIndex();
            CompletableFuture<Packet> unused = askCount(session).whenComplete((answer, failed) -> {
                if (failed == null) {
                    try {
                        compare(number(answer), expected);
                    } catch (RuntimeException wrong) {
                        miscounted = wrong;
                    } catch (Error broken) { // the future would keep it to itself
                        miscounted = new Stopped("Counting", broken);
                    }
                }
            });
        }
        if (miscounted != null) {
            throw miscounted;
        }
    }

    private static void compare(long plugins, long ours) {
        if (plugins != ours) {
            throw new ProtocolException("The plugin has stored " + plugins + " items where " + ours
                    + " were sent: the rest would be missing without a word");
        }
    }

    /** FileIndex of whatever was before the first item. */
    long countBefore() {
        return countBefore;
    }

    /** FileIndex of the item that was sent last. */
    long fileIndex() {
        return countBefore + items + deletions;
    }

    /**
     * The plugin was told that a name is gone: makes an item of its own of it, but in a full backup, and for a directory in
     * an accurate job, which bacula-fd deletes by itself.
     */
    void deleted(boolean directory) {
        boolean isItem = session.job().level() != JobBlock.Level.FULL
                && !(directory && session.parameters().isSet("accurate"));
        deletions += isItem ? 1 : 0;
    }

    /** Remembers under which FileIndex an inode with several names was sent. */
    void remember(InodeId id) {
        try {
            links.put(id, fileIndex());
        } catch (IOException failed) {
            throw new UncheckedIOException("The FileIndex of hard links cannot be kept on disk", failed);
        }
    }

    /** The FileIndex under which an inode with several names was sent; 0 where it had one name only then. */
    long fileIndexOf(InodeId id) throws IOException {
        return links.get(id);
    }

    /**
     * Everything was written: compares counts, and ends the list. The plugin is told nothing more but messages until
     * {@link BackendSession#finish()}.
     *
     * @throws ProtocolException where the plugin has another count
     */
    public void end() throws IOException, InterruptedException {
        sendLayouts();
        compare(number(Questions.join(askCount(session))), fileIndex());
        session.begin();
        try {
            if (session.extensions().has(Cap.TALLY)) {
                session.put(out -> out.command("TALLY:" + items + " " + bytes));
            }
            session.endOfList();
        } finally {
            session.end();
        }
    }

    /** The id of an entry's layout, which the plugin keeps beside its attributes; none with a stock plugin. */
    long layoutId(Entry entry) {
        Layout layout = entry.attributes().layout();
        return layout == null
                        || !entry.inode().isRegular()
                        || !session.extensions().has(Cap.META)
                ? LayoutTable.NONE
                : layouts.add(layout);
    }

    private void sendLayouts() throws IOException, InterruptedException {
        for (RestoreObject object : layouts.objects()) {
            send(object);
        }
    }

    /**
     * Tells every restore of which trees of this job the path leads through a symlink, between two trees; nothing where
     * there is none.
     *
     * @param paths absolute, as they are named
     */
    public void linkedTrees(List<RawPath> paths) throws IOException, InterruptedException {
        if (!paths.isEmpty()) {
            send(new LinkedTrees(paths).object());
        }
    }

    private void send(RestoreObject object) throws IOException, InterruptedException {
        item(out -> {
            out.command("RESTOREOBJ:" + object.name());
            out.command("RESTOREOBJ_LEN:" + object.bytes().length);
            out.data(ByteBuffer.wrap(object.bytes()));
            out.eod();
        });
    }

    /**
     * Sends a description for the catalog, between two trees. It is an item of the job as a file is, and no restore gets
     * it.
     */
    public void pluginObject(PluginObject object) throws IOException, InterruptedException {
        item(object::write);
    }

    private void item(BackendSession.Packets packets) throws IOException, InterruptedException {
        session.begin();
        try {
            session.put(packets);
        } finally {
            session.end();
        }
        sent(0);
    }

    /**
     * In an accurate job: what the catalog has of the tree at this absolute path, and nobody spoke of, is there and
     * unchanged.
     *
     * @throws IllegalStateException where the plugin does not know {@link Cap#SEEN}
     */
    public void keep(RawPath root) throws IOException, InterruptedException {
        if (!session.extensions().has(Cap.SEEN)) {
            throw new IllegalStateException("The plugin takes no answers unasked");
        }
        session.begin();
        try {
            byte[] name = new WireNames(root, session.extensions()).name(Dir.root(), new byte[0], true);
            session.put(out -> out.command(new Text().start("KEEP:").add(name)));
        } finally {
            session.end();
        }
    }

    /** Items written so far. */
    public long items() {
        return items;
    }

    @Override
    public void close() {
        links.close();
    }
}
