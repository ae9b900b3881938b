package io.stripeline.write;

import io.stripeline.flow.Item;
import io.stripeline.flow.Outcome;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Posix;
import io.stripeline.posix.StatxBuffer;
import io.stripeline.slab.Slab;
import io.stripeline.slab.SlabPool;
import io.stripeline.testkit.Slabs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** Streams of items by hand, with any names in them. Slabs are taken when an item is asked for. */
final class Items {
    static final Timestamp TIME = new Timestamp(1_500_000_000, 123_456_789);

    /** {@code /dev/null}: major 1, minor 3. */
    private static final long NULL_DEVICE = 0x103;

    /** Of this process, by the owner of its own directory in /proc. */
    private static final StatxBuffer ME = new StatxBuffer();

    static {
        Posix.statx(Fcntl.AT_FDCWD, bytes("/proc/self/task"), StatxBuffer.BASIC_STATS, ME);
    }

    private interface Make {
        Item item() throws InterruptedException;
    }

    private final SlabPool pool;
    private final List<Make> items = new ArrayList<>();
    private Timestamp mtime = TIME;
    private int nlink = 1;
    private int mode = -1;
    private int uid = ME.uid();
    private Attributes attributes = Attributes.NONE;

    Items() {
        this(4, 4096);
    }

    Items(int slabs, int slabBytes) {
        pool = Slabs.pool(slabs, slabBytes);
    }

    /** Of the entries that follow. */
    Items mtime(long seconds) {
        mtime = new Timestamp(seconds, 0);
        return this;
    }

    Items names(int number) {
        nlink = number;
        return this;
    }

    Items mode(int permissions) {
        mode = permissions;
        return this;
    }

    Items owner(int user) {
        uid = user;
        return this;
    }

    Items with(Attributes extra) {
        attributes = extra;
        return this;
    }

    /** Whose process this is. */
    int user() {
        return ME.uid();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Dir dirOf(String path) {
        Dir dir = Dir.root();
        for (int from = 0, slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', from)) {
            dir = dir.child(bytes(path.substring(from, slash)));
            from = slash + 1;
        }
        return dir;
    }

    private Entry entry(Dir dir, String name, FileType type, long sizeBytes, Attributes extra) {
        return new Entry(dir, bytes(name), inode(type, sizeBytes), extra);
    }

    Inode inode(FileType type, long sizeBytes) {
        int permissions = mode >= 0 ? mode : type == FileType.DIRECTORY ? 0755 : 0644;
        return new Inode(
                new InodeId(1, 0, 1),
                type.bits() | permissions,
                nlink,
                uid,
                ME.gid(),
                sizeBytes,
                0,
                type == FileType.CHARACTER_DEVICE || type == FileType.BLOCK_DEVICE ? NULL_DEVICE : 0,
                Timestamp.EPOCH,
                mtime,
                mtime,
                mtime);
    }

    private Items whole(Entry entry) {
        items.add(() -> new Item.Begin(entry));
        items.add(() -> new Item.End(entry.inode(), Outcome.OK, true));
        return this;
    }

    Items dir(String path) {
        return whole(entry(dirOf(path), name(path), FileType.DIRECTORY, 0, attributes));
    }

    Items symlink(String path, String target) {
        Attributes link = Attributes.ofLink(bytes(target));
        return whole(entry(dirOf(path), name(path), FileType.SYMLINK, target.length(), link));
    }

    Items node(String path, FileType type) {
        return whole(entry(dirOf(path), name(path), type, 0, attributes));
    }

    Items file(String path, String content) {
        return file(dirOf(path), name(path), content);
    }

    /** A file whose name may be anything, a slash in it too. */
    Items file(Dir dir, String name, String content) {
        Entry entry = entry(dir, name, FileType.REGULAR, content.length(), attributes);
        items.add(() -> new Item.Begin(entry));
        int most = pool.slabBytes();
        for (int at = 0; at < content.length(); at += most) {
            int from = at;
            byte[] piece = bytes(content.substring(at, Math.min(content.length(), at + most)));
            items.add(() -> new Item.Data(from, slab(piece)));
        }
        items.add(() -> new Item.End(entry.inode(), Outcome.OK, true));
        return this;
    }

    private Slab slab(byte[] content) throws InterruptedException {
        try (SlabPool.Ticket ticket = pool.ticket()) {
            Slab slab = ticket.take();
            slab.buffer().clear().put(content).flip();
            return slab;
        }
    }

    Items link(String path, String first) {
        return linkOf(FileType.REGULAR, path, first);
    }

    Items linkOf(FileType type, String path, String first) {
        Entry entry = entry(dirOf(path), name(path), type, 0, attributes);
        items.add(() -> new Item.Link(entry, RawPath.of(bytes(first))));
        return this;
    }

    /** One more name of a file of this content. */
    Items link(String path, String first, String content) {
        Entry entry = entry(dirOf(path), name(path), FileType.REGULAR, content.length(), attributes);
        items.add(() -> new Item.Link(entry, RawPath.of(bytes(first))));
        return this;
    }

    Items item(Item item) {
        items.add(() -> item);
        return this;
    }

    /** A begin without its pieces and its end. */
    Items begin(String path, long sizeBytes) {
        Entry entry = entry(dirOf(path), name(path), FileType.REGULAR, sizeBytes, attributes);
        items.add(() -> new Item.Begin(entry));
        return this;
    }

    Items end(String path, long sizeBytes) {
        Entry entry = entry(dirOf(path), name(path), FileType.REGULAR, sizeBytes, attributes);
        items.add(() -> new Item.End(entry.inode(), Outcome.OK, true));
        return this;
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    int count() {
        return items.size();
    }

    /** All of them, made on a thread of their own: a source that waits for a slab must not hold up the writer. */
    Flux<Item> flux() {
        Flux<Item> all = Flux.generate(AtomicInteger::new, (next, sink) -> {
            if (next.get() == items.size()) {
                sink.complete();
                return next;
            }
            try {
                sink.next(items.get(next.getAndIncrement()).item());
            } catch (InterruptedException cancelled) {
                Thread.currentThread().interrupt();
                sink.error(cancelled);
            }
            return next;
        });
        return all.subscribeOn(Schedulers.boundedElastic());
    }
}
