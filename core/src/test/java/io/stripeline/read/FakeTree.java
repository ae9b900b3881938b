package io.stripeline.read;

import io.stripeline.flow.AttributeRoom;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.Timestamp;
import io.stripeline.layout.Extent;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A tree in memory with the calls of a {@link ContentSource}, faults per call, and an eye on open files. */
final class FakeTree implements ContentSource {
    static final Timestamp OLD = new Timestamp(1_000_000, 5);

    /** Called before each call: throws the fault, changes the tree, waits. */
    interface Hook {
        void before(String call, String name, long offset);
    }

    final Dir root = Dir.root();
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger mostOpen = new AtomicInteger();
    final ConcurrentLinkedQueue<String> calls = new ConcurrentLinkedQueue<>();
    private final Map<String, Node> nodes = Collections.synchronizedMap(new HashMap<>());
    private final List<String> order = new ArrayList<>();
    private final Map<String, ConcurrentLinkedQueue<Integer>> faults = new ConcurrentHashMap<>();
    private long nextInode = 10;
    volatile Hook hook = (call, name, offset) -> {};
    volatile int mostPerRead = Integer.MAX_VALUE;

    static final class Node {
        volatile Inode inode;
        volatile byte[] content;
        volatile Attributes attributes = Attributes.NONE;
        volatile List<Extent> extents = List.of();

        Node(Inode inode, byte[] content) {
            this.inode = inode;
            this.content = content;
        }
    }

    static byte[] bytes(long seed, int length) {
        byte[] out = new byte[length];
        new SplittableRandom(seed).nextBytes(out);
        return out;
    }

    Node file(String name, byte[] content) {
        return put(name, new Node(inode(nextInode++, FileType.REGULAR, 1, content.length), content));
    }

    Node other(String name, FileType type) {
        return put(name, new Node(inode(nextInode++, type, type == FileType.DIRECTORY ? 2 : 1, 0), new byte[0]));
    }

    /** Several names of one file. */
    void links(byte[] content, String... names) {
        Node node = new Node(inode(nextInode++, FileType.REGULAR, names.length, content.length), content);
        for (String name : names) {
            put(name, node);
        }
    }

    private Node put(String name, Node node) {
        nodes.put(name, node);
        order.add(name);
        return node;
    }

    Node node(String name) {
        return nodes.get(name);
    }

    void remove(String name) {
        nodes.remove(name);
    }

    /** The next calls of this kind on this name fail so, one each; 0 lets one through. */
    void fault(String call, String name, int... errnos) {
        for (int errno : errnos) {
            faults.computeIfAbsent(call + " " + name, key -> new ConcurrentLinkedQueue<>())
                    .add(errno);
        }
    }

    List<String> names() {
        return order;
    }

    static Inode inode(long number, FileType type, int nlink, long size) {
        return new Inode(
                new InodeId(1, 0, number),
                type.bits() | 0644,
                nlink,
                0,
                0,
                size,
                (size + 511) / 512,
                0,
                OLD,
                OLD,
                OLD,
                OLD);
    }

    static Inode with(Inode i, long size, Timestamp mtime, Timestamp ctime) {
        return new Inode(
                i.id(),
                i.mode(),
                i.nlink(),
                i.uid(),
                i.gid(),
                size,
                i.blocks512(),
                i.rdev(),
                i.atime(),
                mtime,
                ctime,
                i.btime());
    }

    /** Another inode with the number of {@code i}. */
    static Inode reused(Inode i, long size, Timestamp mtime, Timestamp btime) {
        return new Inode(
                i.id(),
                i.mode(),
                i.nlink(),
                i.uid(),
                i.gid(),
                size,
                i.blocks512(),
                i.rdev(),
                i.atime(),
                mtime,
                i.ctime(),
                btime);
    }

    /** All names in order of creation, in batches of {@code rows}. */
    List<InodeBatch> batches(int rows) {
        List<InodeBatch> out = new ArrayList<>();
        InodeBatch batch = new InodeBatch();
        for (String name : order) {
            batch.add(root, name.getBytes(StandardCharsets.UTF_8), nodes.get(name).inode);
            if (batch.size() == rows) {
                out.add(batch);
                batch = new InodeBatch();
            }
        }
        if (batch.size() > 0) {
            out.add(batch);
        }
        return out;
    }

    private void call(String call, String name, long offset) {
        calls.add(call + " " + name);
        hook.before(call, name, offset);
        ConcurrentLinkedQueue<Integer> queue = faults.get(call + " " + name);
        Integer errno = queue == null ? null : queue.poll();
        if (errno != null && errno != 0) {
            throw new PosixException(call, errno, name);
        }
    }

    private Node find(String call, String name) {
        @Nullable Node node = nodes.get(name);
        if (node == null) {
            throw new PosixException(call, Errno.ENOENT, name);
        }
        return node;
    }

    @Override
    public OpenFile open(Entry entry) {
        String name = entry.path().toString();
        call("open", name, 0);
        Node node = find("open", name);
        if (!node.inode.isRegular()) {
            throw new PosixException("open", Errno.ESTALE, name);
        }
        mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
        return new FakeFile(name, node);
    }

    @Override
    public Attributes attributes(Entry entry, XattrRoom room) {
        String name = entry.path().toString();
        call("attributes", name, 0);
        return asked(find("attributes", name).attributes, name, room);
    }

    private Attributes asked(Attributes attributes, String name, XattrRoom room) {
        if (attributes.weightBytes() > AttributeRoom.LIGHT_BYTES) {
            room.ask();
            call("let in", name, 0);
        }
        return attributes;
    }

    private final class FakeFile implements OpenFile {
        private final String name;
        private final Node node;
        private volatile boolean closed;

        FakeFile(String name, Node node) {
            this.name = name;
            this.node = node;
        }

        private void check(String call, long offset) {
            if (closed) {
                throw new IllegalStateException(call + " on a closed file");
            }
            call(call, name, offset);
            if (closed) {
                throw new IllegalStateException("closed during " + call);
            }
        }

        @Override
        public Inode inode() {
            check("inode", 0);
            return node.inode;
        }

        @Override
        public Attributes attributes(XattrRoom room) {
            check("file attributes", 0);
            return asked(node.attributes, name, room);
        }

        @Override
        public int read(long address, int length, long offset) {
            check("read", offset);
            byte[] content = node.content;
            int count = (int) Math.max(0, Math.min(Math.min(length, mostPerRead), content.length - offset));
            if (count > 0) {
                com.kenai.jffi.MemoryIO.getInstance().putByteArray(address, content, (int) offset, count);
            }
            return count;
        }

        @Override
        public Extent extent(long offset, long end) {
            check("extent", offset);
            for (Extent extent : node.extents) {
                if (extent.offset() <= offset && offset < extent.end()) {
                    return new Extent(offset, Math.min(end, extent.end()) - offset, extent.hole());
                }
            }
            return new Extent(offset, end - offset, false);
        }

        @Override
        public void close() {
            if (closed) {
                throw new IllegalStateException("closed twice");
            }
            closed = true;
            open.decrementAndGet();
        }
    }

    static byte[] bytes(ByteBuffer buffer) {
        ByteBuffer view = buffer.duplicate();
        byte[] out = new byte[view.remaining()];
        view.get(out);
        return out;
    }
}
