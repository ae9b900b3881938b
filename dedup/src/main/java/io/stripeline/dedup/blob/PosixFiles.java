package io.stripeline.dedup.blob;

import io.stripeline.inode.FileType;
import io.stripeline.posix.DirEntries;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.FileIo;
import io.stripeline.posix.Namespace;
import io.stripeline.posix.NativeMemory;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.StatxBuffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** File operations of the operating system below one open directory. Copies through a few pooled direct buffers. */
final class PosixFiles implements FileOperations {
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int MAX_POOLED = 8;

    private final Fd root;
    private final String location;
    private final ConcurrentLinkedDeque<ByteBuffer> buffers = new ConcurrentLinkedDeque<>();
    private final AtomicInteger pooled = new AtomicInteger();

    /** Takes over {@code root}. */
    PosixFiles(Fd root, String location) {
        this.root = root;
        this.location = location;
    }

    private static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }

    private PosixException told(PosixException failure, String name) {
        return failure.at(location + "/" + name);
    }

    private ByteBuffer takeBuffer() {
        ByteBuffer buffer = buffers.pollFirst();
        if (buffer == null) {
            return NativeMemory.allocate(BUFFER_BYTES);
        }
        pooled.decrementAndGet();
        return buffer;
    }

    private void giveBack(ByteBuffer buffer) {
        if (pooled.get() < MAX_POOLED) {
            pooled.incrementAndGet();
            buffers.addFirst(buffer);
        }
    }

    @Override
    public OpenFile create(String name) {
        int flags = Fcntl.O_WRONLY | Fcntl.O_CREAT | Fcntl.O_EXCL | Fcntl.O_NOFOLLOW;
        try {
            return new PosixFile(Fd.openat(root.number(), bytes(name), flags, 0600), name);
        } catch (PosixException failure) {
            throw told(failure, name);
        }
    }

    @Override
    public int read(String name, long offset, byte[] target, int from, int length) {
        ByteBuffer buffer = takeBuffer();
        try (Fd fd = Fd.openat(root.number(), bytes(name), Fcntl.O_RDONLY | Fcntl.O_NOFOLLOW, 0)) {
            int done = 0;
            while (done < length) {
                int n = FileIo.pread(
                        fd.number(),
                        NativeMemory.address(buffer),
                        Math.min(length - done, BUFFER_BYTES),
                        offset + done);
                if (n == 0) {
                    break;
                }
                buffer.get(0, target, from + done, n);
                done += n;
            }
            return done;
        } catch (PosixException failure) {
            throw told(failure, name);
        } finally {
            giveBack(buffer);
        }
    }

    @Override
    public long sizeBytes(String name) {
        StatxBuffer stat = new StatxBuffer();
        try {
            Posix.statx(root.number(), bytes(name), StatxBuffer.BASIC_STATS, stat);
        } catch (PosixException failure) {
            throw told(failure, name);
        }
        return stat.sizeBytes();
    }

    @Override
    public boolean renameNew(String from, String to) {
        try {
            Namespace.renameNew(root.number(), bytes(from), root.number(), bytes(to));
            return true;
        } catch (PosixException failure) {
            if (failure.errno() == Errno.EEXIST) {
                return false;
            }
            if (failure.errno() != Errno.EINVAL && failure.errno() != Errno.ENOSYS) {
                throw told(failure, to);
            }
            return linkNew(from, to);
        }
    }

    /** For filesystems without RENAME_NOREPLACE. */
    private boolean linkNew(String from, String to) {
        try {
            Namespace.linkat(root.number(), bytes(from), root.number(), bytes(to));
        } catch (PosixException failure) {
            if (failure.errno() == Errno.EEXIST) {
                return false;
            }
            throw told(failure, to);
        }
        unlink(from);
        return true;
    }

    @Override
    public void rename(String from, String to) {
        try {
            Namespace.renameat(root.number(), bytes(from), root.number(), bytes(to));
        } catch (PosixException failure) {
            throw told(failure, to);
        }
    }

    @Override
    public void unlink(String name) {
        try {
            Namespace.unlinkat(root.number(), bytes(name));
        } catch (PosixException failure) {
            throw told(failure, name);
        }
    }

    @Override
    public void makeDirectory(String name) {
        try {
            Namespace.mkdirat(root.number(), bytes(name), 0700);
        } catch (PosixException failure) {
            if (failure.errno() != Errno.EEXIST) {
                throw told(failure, name);
            }
        }
    }

    private Fd openDirectory(String name) {
        return Fd.openat(
                root.number(),
                bytes(name.isEmpty() ? "." : name),
                Fcntl.O_RDONLY | Fcntl.O_DIRECTORY | Fcntl.O_NOFOLLOW,
                0);
    }

    @Override
    public void syncDirectory(String name) {
        try (Fd fd = openDirectory(name)) {
            FileIo.sync(fd.number());
        } catch (PosixException failure) {
            throw told(failure, name);
        }
    }

    @Override
    public void list(String directory, Consumer<String> each) {
        ByteBuffer buffer = takeBuffer();
        try (Fd fd = openDirectory(directory)) {
            while (true) {
                int n = Posix.tryGetdents(fd.number(), NativeMemory.address(buffer), BUFFER_BYTES);
                if (n < 0) {
                    throw new PosixException("getdents", -n, directory);
                }
                if (n == 0) {
                    return;
                }
                names(fd.number(), buffer, n).forEach(each);
            }
        } catch (PosixException failure) {
            if (failure.errno() != Errno.ENOENT || !failure.operation().equals("open")) {
                throw told(failure, directory);
            }
        } finally {
            giveBack(buffer);
        }
    }

    /** The names that getdents64(2) gave; those of directories end with a slash, whether it gives types or not. */
    static List<String> names(int directory, ByteBuffer buffer, int n) {
        List<String> out = new ArrayList<>();
        int at = 0;
        while (at < n) {
            int record = buffer.getShort(at + DirEntries.RECORD_LENGTH) & 0xFFFF;
            StringBuilder name = new StringBuilder();
            for (int i = at + DirEntries.NAME; buffer.get(i) != 0; i++) {
                name.append((char) (buffer.get(i) & 0xFF));
            }
            String text = name.toString();
            if (!text.equals(".") && !text.equals("..")) {
                int type = buffer.get(at + DirEntries.TYPE);
                boolean isDirectory =
                        type == DirEntries.DT_DIR || (type == DirEntries.DT_UNKNOWN && isDirectory(directory, text));
                out.add(isDirectory ? text + "/" : text);
            }
            at += record;
        }
        return out;
    }

    private static boolean isDirectory(int directory, String name) {
        StatxBuffer stat = new StatxBuffer();
        try {
            Posix.statx(directory, name.getBytes(StandardCharsets.ISO_8859_1), StatxBuffer.BASIC_STATS, stat);
        } catch (PosixException failure) {
            if (failure.errno() == Errno.ENOENT) {
                return false; // removed since it was listed
            }
            throw failure;
        }
        return (stat.mode() & FileType.MASK) == FileType.DIRECTORY.bits();
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public void close() {
        root.close();
    }

    private final class PosixFile implements OpenFile {
        private final Fd fd;
        private final String name;
        private long size;

        PosixFile(Fd fd, String name) {
            this.fd = fd;
            this.name = name;
        }

        @Override
        public void append(byte[] bytes, int from, int length) {
            ByteBuffer buffer = takeBuffer();
            try {
                for (int done = 0; done < length; ) {
                    int piece = Math.min(length - done, BUFFER_BYTES);
                    buffer.put(0, bytes, from + done, piece);
                    writePiece(NativeMemory.address(buffer), piece);
                    done += piece;
                }
            } catch (PosixException failure) {
                throw told(failure, name);
            } finally {
                giveBack(buffer);
            }
        }

        private void writePiece(long address, int length) {
            for (int done = 0; done < length; ) {
                int n = FileIo.pwrite(fd.number(), address + done, length - done, size);
                done += n;
                size += n;
            }
        }

        @Override
        public void sync() {
            try {
                FileIo.sync(fd.number());
            } catch (PosixException failure) {
                throw told(failure, name);
            }
        }

        @Override
        public void close() {
            fd.close();
        }
    }
}
