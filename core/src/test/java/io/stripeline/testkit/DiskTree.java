package io.stripeline.testkit;

import io.stripeline.inode.FileType;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.inode.Xattr;
import io.stripeline.layout.Extent;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.FileIo;
import io.stripeline.posix.InodeFlags;
import io.stripeline.posix.Metadata;
import io.stripeline.posix.Namespace;
import io.stripeline.posix.NativeMemory;
import io.stripeline.posix.Posix;
import io.stripeline.posix.Xattrs;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Makes tree literals on a disk, and changes what is there. Works on raw bytes and relative to open directories, so any
 * name and any depth will do.
 */
public final class DiskTree {
    private static final int DIRECTORY = Fcntl.O_RDONLY | Fcntl.O_DIRECTORY | Fcntl.O_NOFOLLOW;

    /** A node whose flags are set when nothing else is to be done: an immutable directory takes no child. */
    private record Later(RawPath path, Tree tree) {}

    private final Path root;
    private final List<Later> links = new ArrayList<>();
    private final List<Later> directories = new ArrayList<>();
    private final List<Later> flagged = new ArrayList<>();

    private DiskTree(Path root) {
        this.root = root;
    }

    /** Makes {@code tree} at {@code root}, an existing directory, which gets the attributes of the literal's root. */
    public static void create(Path root, Tree tree) {
        DiskTree disk = new DiskTree(root);
        int fd = open(root);
        try {
            disk.children(fd, RawPath.ROOT, tree);
        } finally {
            Posix.close(fd);
        }
        disk.directories.add(new Later(RawPath.ROOT, tree));
        disk.finish();
    }

    /** Adds one node with what is below it to the directory {@code parent} of a tree on disk. */
    public static void add(Path root, String parent, Tree node) {
        DiskTree disk = new DiskTree(root);
        disk.within(RawPath.of(parent), fd -> disk.node(fd, RawPath.of(parent), node));
        disk.finish();
    }

    /** Removes what is at {@code path}, with all below it, and puts {@code node} there, whose name does not matter. */
    public static void replace(Path root, String path, Tree node) {
        remove(root, path);
        RawPath at = RawPath.of(path);
        DiskTree disk = new DiskTree(root);
        disk.within(at.parent(), fd -> disk.node(fd, at.parent(), node.named(at.name())));
        disk.finish();
    }

    /** Removes what is at {@code path}, with all below it, flags or not. */
    public static void remove(Path root, String path) {
        RawPath at = RawPath.of(path);
        new DiskTree(root).within(at.parent(), fd -> DiskRemoval.remove(fd, at.name()));
    }

    /** Removes all that is below {@code root}, whatever its names, flags and depth. */
    public static void clear(Path root) {
        int fd = open(root);
        try {
            DiskRemoval.removeChildren(fd);
        } finally {
            Posix.close(fd);
        }
    }

    private static int open(Path path) {
        return Posix.openat(
                Fcntl.AT_FDCWD, path.toString().getBytes(StandardCharsets.UTF_8), DIRECTORY & ~Fcntl.O_NOFOLLOW, 0);
    }

    private void finish() {
        for (Later link : links) {
            RawPath first = Objects.requireNonNull(link.tree.linkTo());
            within(
                    first.parent(),
                    from -> within(link.path.parent(), to -> {
                        Namespace.linkat(from, first.name(), to, link.path.name());
                    }));
        }
        for (Later directory : directories) {
            within(directory.path, fd -> attributes(fd, directory.tree));
        }
        for (Later node : flagged) {
            within(node.path.parent(), parent -> opened(parent, node.path.name(), 0, fd -> flags(fd, node.tree)));
        }
    }

    private interface WithDescriptor {
        void run(int fd);
    }

    /** Runs something with an open directory, reached component by component. */
    private void within(RawPath path, WithDescriptor body) {
        int fd = open(root);
        try {
            for (byte[] name : components(path)) {
                int next = Posix.openat(fd, name, DIRECTORY, 0);
                Posix.close(fd);
                fd = next;
            }
            body.run(fd);
        } finally {
            Posix.close(fd);
        }
    }

    private static List<byte[]> components(RawPath path) {
        List<byte[]> names = new ArrayList<>();
        for (RawPath at = path; !at.isRoot(); at = at.parent()) {
            names.add(0, at.name());
        }
        return names;
    }

    private static void opened(int dirfd, byte[] name, int flags, WithDescriptor body) {
        byte[] dot = {'.'};
        int fd = Posix.openat(dirfd, name.length == 0 ? dot : name, flags | Fcntl.O_NOFOLLOW | Fcntl.O_NONBLOCK, 0600);
        try {
            body.run(fd);
        } finally {
            Posix.close(fd);
        }
    }

    private void children(int dirfd, RawPath path, Tree tree) {
        tree.children().forEach(child -> node(dirfd, path, child));
    }

    private void node(int dirfd, RawPath parent, Tree tree) {
        RawPath path = parent.child(tree.name());
        byte[] name = tree.name();
        if (tree.linkTo() != null) {
            links.add(new Later(path, tree));
            return;
        }
        switch (tree.type()) {
            case DIRECTORY -> {
                Namespace.mkdirat(dirfd, name, 0700);
                opened(dirfd, name, DIRECTORY, fd -> children(fd, path, tree));
                directories.add(new Later(path, tree));
            }
            case REGULAR ->
                opened(dirfd, name, Fcntl.O_WRONLY | Fcntl.O_CREAT | Fcntl.O_EXCL, fd -> {
                    write(fd, tree.content());
                    attributes(fd, tree);
                });
            case SYMLINK -> {
                Namespace.symlinkat(tree.target(), dirfd, name);
                attributes(dirfd, name, tree);
            }
            default -> {
                Namespace.mknodat(dirfd, name, tree.type().bits() | 0600, tree.rdev());
                attributes(dirfd, name, tree);
            }
        }
        if (tree.flags() != 0 || tree.projectId() != 0) {
            flagged.add(new Later(path, tree));
        }
    }

    /** Writes the data of {@code content} and makes the file as long as it is. */
    static void write(int fd, Content content) {
        ByteBuffer buffer = NativeMemory.allocate(256 << 10);
        byte[] piece = new byte[buffer.capacity()];
        for (Extent data : content.data()) {
            for (long at = data.offset(); at < data.end(); ) {
                int n = content.read(at, piece, 0, (int) Math.min(piece.length, data.end() - at));
                buffer.put(0, piece, 0, n);
                at += FileIo.pwrite(fd, NativeMemory.address(buffer), n, at);
            }
        }
        FileIo.truncate(fd, content.length());
    }

    /** Owner, mode, xattrs and times of an open file or directory, in the order that keeps them all. */
    private static void attributes(int fd, Tree tree) {
        if (tree.uid() != -1 || tree.gid() != -1) {
            Metadata.chown(fd, tree.uid(), tree.gid());
        }
        for (Xattr xattr : tree.xattrs()) {
            Xattrs.set(fd, xattr.name(), xattr.value());
        }
        Metadata.chmod(fd, tree.mode());
        Timestamp time = tree.mtime();
        Metadata.utimens(fd, time.seconds(), time.nanos(), time.seconds(), time.nanos());
    }

    /** The same of what must not be opened. */
    private static void attributes(int dirfd, byte[] name, Tree tree) {
        if (tree.uid() != -1 || tree.gid() != -1) {
            Metadata.chown(dirfd, name, tree.uid(), tree.gid());
        }
        for (Xattr xattr : tree.xattrs()) {
            Xattrs.set(Metadata.procPath(dirfd, name), xattr.name(), xattr.value());
        }
        if (tree.type() != FileType.SYMLINK) {
            opened(dirfd, name, Fcntl.O_PATH, fd -> Metadata.chmodByPath(fd, tree.mode()));
        }
        Timestamp time = tree.mtime();
        Metadata.utimens(dirfd, name, time.seconds(), time.nanos(), time.seconds(), time.nanos());
    }

    private static void flags(int fd, Tree tree) {
        if (tree.projectId() != 0) {
            InodeFlags.projectId(fd, tree.projectId());
        }
        if (tree.flags() != 0) {
            InodeFlags.set(fd, InodeFlags.get(fd) | tree.flags());
        }
    }
}
