package io.stripeline.dedup;

import io.stripeline.FileSystemId;
import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Outcome;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.ScanFailure;
import io.stripeline.inode.Timestamp;
import io.stripeline.posix.PosixException;
import io.stripeline.slab.Slab;
import io.stripeline.slab.SlabPool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import reactor.core.publisher.Flux;

/** A tree in memory that turns itself into items, as scan and reader would. */
final class MemoryTree {
    static final FileSystemId ID = FileSystemId.of("memory".getBytes());
    static final BackupSource SOURCE = new BackupSource("memory", ID, RawPath.of("/tree"), device -> ID);

    /** A file; {@code content} holds null for a directory. */
    record Node(Inode inode, Attributes attributes, byte[] content) {}

    final TreeMap<RawPath, Node> nodes = new TreeMap<>();
    final List<RawPath> read = new ArrayList<>();
    final List<RawPath> unlisted = new ArrayList<>();
    /** Paths whose read fails. */
    Predicate<RawPath> failing = path -> false;
    /** Paths that were changed so shortly before that they are not settled. */
    Predicate<RawPath> unsettled = path -> false;

    /** Whether each name of an inode is read as a file of its own. */
    boolean separate;

    private long nextInode = 10;
    private long clock = 1_000;

    MemoryTree() {
        nodes.put(RawPath.ROOT, new Node(inode(FileType.DIRECTORY, 0, nextInode++, 1), Attributes.NONE, null));
    }

    private Inode inode(FileType type, long size, long number, int nlink) {
        Timestamp now = new Timestamp(clock++, 7);
        return new Inode(
                new InodeId(99, 0, number), type.bits() | 0750, nlink, 1, 2, size, size / 512, 0, now, now, now, now);
    }

    MemoryTree directory(String path) {
        nodes.put(RawPath.of(path), new Node(inode(FileType.DIRECTORY, 0, nextInode++, 1), Attributes.NONE, null));
        return this;
    }

    MemoryTree file(String path, byte[] content) {
        nodes.put(
                RawPath.of(path),
                new Node(inode(FileType.REGULAR, content.length, nextInode++, 1), Attributes.NONE, content));
        return this;
    }

    /** New content under the same inode and, if {@code sameTimes}, the same size and times. */
    void rewrite(String path, byte[] content, boolean sameTimes) {
        Node old = nodes.get(RawPath.of(path));
        Inode inode = sameTimes
                ? old.inode
                : inode(FileType.REGULAR, content.length, old.inode.id().low(), old.inode.nlink());
        nodes.put(RawPath.of(path), new Node(inode, old.attributes, content));
    }

    /** Another name of an inode. */
    void link(String existing, String name) {
        Node node = nodes.get(RawPath.of(existing));
        Inode two = inode(FileType.REGULAR, node.content.length, node.inode.id().low(), 2);
        nodes.put(RawPath.of(existing), new Node(two, node.attributes, node.content));
        nodes.put(RawPath.of(name), new Node(two, node.attributes, node.content));
    }

    /** The same under another inode number. */
    Node numbered(Node node, long number) {
        Inode i = node.inode;
        return new Node(
                new Inode(
                        new InodeId(99, 0, number),
                        i.mode(),
                        i.nlink(),
                        i.uid(),
                        i.gid(),
                        i.sizeBytes(),
                        i.blocks512(),
                        i.rdev(),
                        i.atime(),
                        i.mtime(),
                        i.ctime(),
                        i.btime()),
                node.attributes,
                node.content);
    }

    /** Renames a directory with all below it; inodes stay. */
    void rename(String from, String to) {
        RawPath source = RawPath.of(from);
        Map<RawPath, Node> moved = new HashMap<>();
        nodes.forEach((path, node) -> {
            if (source.contains(path)) {
                moved.put(path, node);
            }
        });
        moved.forEach((path, node) -> {
            nodes.remove(path);
            nodes.put(RawPath.of(to + path.toString().substring(from.length())), node);
        });
    }

    static byte[] random(long seed, int length) {
        byte[] out = new byte[length];
        new Random(seed).nextBytes(out);
        return out;
    }

    Flux<Item> items(SlabPool slabs, Base base) {
        return Flux.defer(() -> {
                    read.clear();
                    Map<RawPath, Dir> dirs = new HashMap<>();
                    dirs.put(RawPath.ROOT, Dir.root());
                    Map<Long, RawPath> begun = new HashMap<>();
                    Flux<Item> all =
                            Flux.fromIterable(nodes.keySet()).concatMap(path -> row(path, dirs, begun, slabs, base), 1);
                    Flux<Item> failures = Flux.fromIterable(unlisted)
                            .map(path -> new Item.Unread(new ScanFailure(
                                    dirs.get(path), new byte[0], new PosixException("opendir", 13, path.toString()))));
                    return all.concatWith(failures);
                })
                // as the reader: items come from a thread that may wait for slabs
                .subscribeOn(reactor.core.scheduler.Schedulers.boundedElastic(), true);
    }

    private Flux<Item> row(RawPath path, Map<RawPath, Dir> dirs, Map<Long, RawPath> begun, SlabPool slabs, Base base) {
        Node node = nodes.get(path);
        Dir dir = path.isRoot() ? Dir.root() : dirs.get(path.parent());
        if (path.isRoot()) {
            dir = dirs.get(RawPath.ROOT);
        } else if (node.content == null) {
            dirs.put(path, dir.child(path.name()));
        }
        InodeBatch batch = new InodeBatch();
        batch.add(dir, path.name(), node.inode);
        Base.Known known = base.unchanged(batch, 0);
        Entry entry = new Entry(dir, path.name(), node.inode, node.attributes);
        if (known != null) {
            return Flux.just(new Item.Same(batch.entry(0), known));
        }
        RawPath first = begun.putIfAbsent(node.inode.id().low(), path);
        if (first != null && node.content != null && !separate) {
            return Flux.just(new Item.Link(entry, first));
        }
        read.add(path);
        boolean settled = !unsettled.test(path);
        if (failing.test(path)) {
            Outcome failed = new Outcome.Failed(new PosixException("read", 5, path.toString()));
            return Flux.just(new Item.Begin(entry), new Item.End(node.inode, failed, settled));
        }
        Flux<Item> data = node.content == null ? Flux.empty() : data(node.content, slabs);
        return Flux.<Item>just(new Item.Begin(entry))
                .concatWith(data)
                .concatWith(Flux.just(new Item.End(node.inode, Outcome.OK, settled)));
    }

    /** Zeros of 100,000 bytes or more at the start are a hole. */
    private static Flux<Item> data(byte[] content, SlabPool slabs) {
        int hole = 0;
        while (hole < content.length && content[hole] == 0) {
            hole++;
        }
        int from = hole >= 100_000 ? hole : 0;
        Flux<Item> pieces = Flux.<Item, Integer>generate(() -> from, (at, sink) -> {
            if (at >= content.length) {
                sink.complete();
                return at;
            }
            try (SlabPool.Ticket ticket = slabs.ticket()) {
                Slab slab = ticket.take();
                int n = Math.min(content.length - at, slab.buffer().capacity());
                slab.buffer().clear().put(content, at, n).flip();
                sink.next(new Item.Data(at, slab));
                return at + n;
            } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
            }
        });
        return from > 0 ? Flux.<Item>just(new Item.Hole(0, from)).concatWith(pieces) : pieces;
    }
}
