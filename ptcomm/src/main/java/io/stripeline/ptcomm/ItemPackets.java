package io.stripeline.ptcomm;

import io.stripeline.flow.Item;
import io.stripeline.flow.Outcome;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Steady;
import io.stripeline.flow.Stopped;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.Inode;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.ScanFailure;
import io.stripeline.ptcomm.blob.EntryBlob;
import io.stripeline.ptcomm.wire.Text;
import io.stripeline.slab.Slab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * Writes the items of one tree as packets, on a thread of its own that waits while the plugin does not read.
 *
 * <p>An entry is announced as late as possible: one that cannot be opened is never announced, and one whose content is
 * one slab is announced with its attributes as of the end. From its announcement to its last packet an item holds the
 * session's turn.
 */
final class ItemPackets implements AutoCloseable {
    /** Zeros for holes that the plugin does not know; a multiple of what it reads at once. */
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(256 << 10);

    /** Most of one blob: the File Daemon's packets end at 1,000,000 bytes. */
    private static final int BLOB_BYTES = 900_000;

    /** Places for parts of a blob in an item without METADATA_STREAM: XATTR, and ACL for a second one. */
    private static final int MOST_PARTS = 2;

    private final BackupBody body;
    private final BackendSession session;
    private final boolean metadata;
    private final boolean holes;
    private final boolean keeps;
    private final WireNames names;
    private final Steady thread = Steady.oneThread("stripeline-ptcomm");
    private final Text text = new Text();
    private final EntryForm form;

    /** The entry that has begun, and is not announced yet. */
    private @Nullable Entry begun;
    /** All of its content so far, where that is one slab. */
    private @Nullable Slab whole;

    private boolean announced;
    private long at;
    private long contentBytes;
    private List<byte[]> attached = List.of();

    ItemPackets(BackupBody body, RawPath root) {
        this.body = body;
        this.session = body.session();
        Extensions extensions = session.extensions();
        this.metadata = extensions.has(Cap.META) || session.parameters().isSet("metadata");
        this.holes = extensions.has(Cap.HOLES);
        this.keeps = extensions.has(Cap.SEEN) && session.parameters().isSet("accurate");
        this.names = new WireNames(root, extensions);
        this.form = extensions.has(Cap.BATCH) ? new BatchForm() : new PacketForm(body.countBefore());
    }

    Scheduler scheduler() {
        return thread;
    }

    /** Takes one item and owns its slab. */
    void take(Item item) {
        try {
            dispatch(item);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the plugin did not read", cancelled);
        } catch (Error broken) {
            throw new Stopped("Writing to the plugin", broken);
        } finally {
            if (!(item instanceof Item.Data data && data.slab() == whole)) {
                item.release();
            }
        }
    }

    private void dispatch(Item item) throws IOException, InterruptedException {
        if (item instanceof Item.Data data) {
            data(data);
        } else if (item instanceof Item.Begin begin) {
            begun = begin.entry();
        } else if (item instanceof Item.End end) {
            end(end);
        } else if (item instanceof Item.Hole hole) {
            hole(hole.offset(), hole.length());
        } else if (item instanceof Item.Link link) {
            link(link);
        } else if (item instanceof Item.Unread unread) {
            keep(unread.failure());
        } else if (item instanceof Item.Gone gone) {
            gone(gone);
        } else if (!(item instanceof Item.Same)) {
            throw new IllegalArgumentException(
                    "A backup takes no " + item.getClass().getSimpleName());
        }
    }

    // ---- entries

    private Entry begun() {
        if (begun == null) {
            throw new IllegalArgumentException("A piece or an end without an entry that has begun");
        }
        return begun;
    }

    private void data(Item.Data data) throws IOException, InterruptedException {
        Entry entry = begun();
        if (!announced && whole == null && data.offset() == 0) {
            whole = data.slab();
            return;
        }
        announceHeld(entry);
        write(data.slab(), data.offset());
    }

    private void hole(long offset, long length) throws IOException, InterruptedException {
        announceHeld(begun());
        if (!holes) {
            for (long left = length; left > 0; ) {
                ByteBuffer some = ZEROS.duplicate();
                some.limit((int) Math.min(left, some.capacity()));
                left -= some.remaining();
                contentBytes += some.remaining();
                session.put(out -> form.data(out, offset, false, some));
            }
            at = offset + length;
        }
    }

    /** Announces an entry that is longer than one slab, and writes what was held back of it. */
    private void announceHeld(Entry entry) throws IOException, InterruptedException {
        if (!announced) {
            announce(entry, RowLines.letter(entry.inode()), 0, null);
            writeWhole();
        }
    }

    private void writeWhole() throws IOException {
        Slab slab = whole;
        whole = null;
        if (slab != null) {
            try {
                write(slab, 0);
            } finally {
                slab.release();
            }
        }
    }

    private void write(Slab slab, long offset) throws IOException {
        write(slab.buffer().duplicate(), offset);
    }

    private void write(ByteBuffer bytes, long offset) throws IOException {
        boolean jump = offset != at;
        if (jump && !holes) {
            throw new IllegalArgumentException("Content at " + offset + " after " + at + ", and no hole between");
        }
        at = offset + bytes.remaining();
        contentBytes += bytes.remaining();
        session.put(out -> form.data(out, offset, jump, bytes));
    }

    private void end(Item.End end) throws IOException, InterruptedException {
        Entry entry = begun();
        begun = null;
        if (!announced) {
            if (!end.outcome().hasContent()) {
                dropWhole();
                keepFailed(entry, end.outcome());
                return;
            }
            Entry done = entry.with(end.inode());
            announce(done, RowLines.letter(done.inode()), 0, null);
            writeWhole();
        }
        if (holes
                && entry.inode().isRegular()
                && at < end.inode().sizeBytes()
                && end.outcome().hasContent()) {
            write(ZEROS.duplicate().limit(1), end.inode().sizeBytes() - 1); // the last byte says how long the file is
        }
        closeItem();
        if (end.outcome().hasContent() && entry.inode().isHardLinked()) {
            body.remember(entry.inode().id());
        }
    }

    private void link(Item.Link link) throws IOException, InterruptedException {
        Entry entry = link.entry();
        long index = body.fileIndexOf(entry.inode().id());
        if (index == 0) {
            lost(link);
            return;
        }
        announce(entry, 'L', index - body.countBefore(), names.path(link.first()));
        closeItem();
    }

    /** The inode got this name after its first one was sent, between two looks of the reader. */
    private void lost(Item.Link link) {
        RawPath path = link.entry().path();
        body.job()
                .problems()
                .add(new Problem(
                        path,
                        Problem.Severity.ERROR,
                        "new hard link",
                        path + ": became one more name of " + link.first() + " while that was saved, and is left to the"
                                + " next backup"));
    }

    /** What follows the attributes of an entry. */
    private void closeItem() throws IOException, InterruptedException {
        List<byte[]> blobs = metadata ? List.of() : attached;
        session.put(out -> form.end(out, blobs));
        attached = List.of();
        announced = false;
        at = 0;
        session.end();
        body.sent(contentBytes);
        contentBytes = 0;
    }

    private void announce(Entry entry, char letter, long firstNumber, @Nullable RawPath first)
            throws IOException, InterruptedException {
        Inode inode = entry.inode();
        boolean directory = inode.isDirectory();
        byte[] name = names.name(entry.dir(), entry.name(), directory);
        boolean escaped = names.isEscaped(entry.name(), directory);
        attached = attached(entry, escaped, first);
        long layout = body.layoutId(entry);
        EntryForm.Head head = new EntryForm.Head(
                inode,
                entry.attributes(),
                letter,
                body.fileIndex() + 1 - body.countBefore(),
                firstNumber,
                name,
                target(letter, entry.attributes(), first),
                layout,
                metadata ? attached : List.of());
        session.begin();
        announced = true;
        session.put(out -> form.head(out, head));
    }

    /** The parts of an entry's blob, which say nothing of extended attributes where there is no room for them. */
    private List<byte[]> attached(Entry entry, boolean escaped, @Nullable RawPath first) {
        RawPath path = names.path(entry.dir(), entry.name());
        Attributes attributes = entry.attributes();
        List<byte[]> parts = new EntryBlob(path, escaped, entry.inode(), attributes, first).encode(BLOB_BYTES);
        if (metadata || parts.size() <= MOST_PARTS) {
            return parts;
        }
        body.job()
                .problems()
                .add(
                        new Problem(
                                entry.path(),
                                Problem.Severity.ERROR,
                                "attributes too long",
                                "the extended attributes of " + entry.path() + " are longer than the "
                                        + MOST_PARTS * BLOB_BYTES
                                        + " bytes that a stock plugin carries; it is saved without them. Use stripeline-fd.so"));
        Attributes rest = new Attributes(
                attributes.linkTarget(), List.of(), attributes.flags(), attributes.projectId(), attributes.layout());
        return new EntryBlob(path, escaped, entry.inode(), rest, first).encode(BLOB_BYTES);
    }

    private byte @Nullable [] target(char letter, Attributes attributes, @Nullable RawPath first) {
        byte[] target = first != null ? first.toBytes() : letter == 'S' ? attributes.linkTarget() : null;
        return target == null ? null : names.target(target);
    }

    // ---- names without content

    /** In an accurate job what could not be read would be taken for deleted. */
    private void keepFailed(Entry entry, Outcome outcome) throws IOException, InterruptedException {
        if (outcome instanceof Outcome.Failed) {
            keep(names.name(entry.dir(), entry.name(), entry.inode().isDirectory()));
        }
    }

    private void keep(ScanFailure failure) throws IOException, InterruptedException {
        keep(names.name(failure.dir(), failure.name(), failure.name().length == 0));
    }

    private void keep(byte[] name) throws IOException, InterruptedException {
        if (keeps) {
            alone(out -> out.command(text.start("KEEP:").add(name)));
        }
    }

    private void gone(Item.Gone gone) throws IOException, InterruptedException {
        if (session.extensions().has(Cap.SEEN)) {
            byte[] name = names.name(Dir.root(), gone.path().toBytes(), gone.directory());
            alone(out -> form.gone(out, name));
            body.deleted(gone.directory());
        }
    }

    private void alone(BackendSession.Packets packets) throws IOException, InterruptedException {
        session.begin();
        try {
            session.put(packets);
        } finally {
            session.end();
        }
    }

    /** Nothing has come for a while: what was gathered goes to the plugin. */
    void idle() {
        try {
            session.flush();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (Error broken) {
            throw new Stopped("Writing to the plugin", broken);
        }
    }

    // ---- the end

    /** Everything was taken. */
    void finish() throws IOException {
        if (begun != null) {
            throw new IllegalArgumentException("The end comes before the end of " + begun);
        }
        session.flush();
    }

    private void dropWhole() {
        if (whole != null) {
            whole.release();
            whole = null;
        }
    }

    /** Gives back what is held, on the thread that holds it, and ends it. */
    @Override
    public void close() {
        thread.schedule(this::dropWhole);
        thread.dispose();
    }
}
