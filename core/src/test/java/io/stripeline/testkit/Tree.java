package io.stripeline.testkit;

import io.stripeline.inode.FileType;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.inode.Xattr;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A directory tree as a literal.
 *
 * <pre>{@code
 * Tree tree = Tree.root(
 *     Tree.dir("a", Tree.file("f", 100).mode(04755), Tree.symlink("s", "../b")),
 *     Tree.file("sparse", Content.hole(6L << 30).then(Content.of("end"))),
 *     Tree.hardLink("g", "a/f"),
 *     Tree.file(new byte[] {(byte) 0xff}, Content.of("x")).mtime(-5, 1));
 * }</pre>
 *
 * Immutable; each verb returns a copy. What a literal does not say is left to the place where it is made: the owner is
 * then whoever makes it, the time is {@link #TIME}.
 */
public final class Tree implements Cloneable {
    /** The time of everything that does not say another: long ago, so that it is settled. */
    public static final Timestamp TIME = new Timestamp(1_500_000_000, 123_456_789);

    private byte[] name;
    private final FileType type;
    private int mode;
    private int uid = -1;
    private int gid = -1;
    private Timestamp mtime = TIME;
    private long rdev;
    private byte[] target = new byte[0];
    private Content content = Content.EMPTY;
    private List<Xattr> xattrs = List.of();
    private int flags;
    private int projectId;
    private @Nullable RawPath linkTo;
    private List<Tree> children = List.of();

    private Tree(byte[] name, FileType type, int mode) {
        this.name = name;
        this.type = type;
        this.mode = mode;
    }

    public static Tree root(Tree... children) {
        return dir(new byte[0], children);
    }

    public static Tree root(List<Tree> children) {
        return dir(new byte[0], children.toArray(Tree[]::new));
    }

    public static Tree dir(String name, Tree... children) {
        return dir(bytes(name), children);
    }

    public static Tree dir(byte[] name, Tree... children) {
        return new Tree(name, FileType.DIRECTORY, 0755).children(List.of(children));
    }

    /** A file of {@code length} bytes that depend on its name and length. */
    public static Tree file(String name, long length) {
        return file(name, Content.random(name.hashCode() * 31L + length, length));
    }

    public static Tree file(String name, Content content) {
        return file(bytes(name), content);
    }

    public static Tree file(byte[] name, Content content) {
        return new Tree(name, FileType.REGULAR, 0644).with(t -> t.content = content);
    }

    public static Tree hole(String name, long length) {
        return file(name, Content.hole(length));
    }

    public static Tree symlink(String name, String target) {
        return symlink(bytes(name), bytes(target));
    }

    public static Tree symlink(byte[] name, byte[] target) {
        return new Tree(name, FileType.SYMLINK, 0777).with(t -> t.target = target);
    }

    /** One more name of the inode at the path {@code to}. It is made after everything else. */
    public static Tree hardLink(String name, String to) {
        return new Tree(bytes(name), FileType.REGULAR, 0).with(t -> t.linkTo = RawPath.of(to));
    }

    public static Tree fifo(String name) {
        return new Tree(bytes(name), FileType.FIFO, 0640);
    }

    public static Tree socket(String name) {
        return new Tree(bytes(name), FileType.SOCKET, 0755);
    }

    /** A device node of {@code makedev(major, minor)}; needs root on a disk. */
    public static Tree device(String name, FileType type, long rdev) {
        return new Tree(bytes(name), type, 0600).with(t -> t.rdev = rdev);
    }

    /** The same node under another name. */
    public Tree named(byte[] other) {
        return with(t -> t.name = other);
    }

    public Tree children(List<Tree> all) {
        return with(t -> t.children = List.copyOf(all));
    }

    public Tree mode(int permissions) {
        return with(t -> t.mode = permissions);
    }

    public Tree owner(int user, int group) {
        return with(t -> {
            t.uid = user;
            t.gid = group;
        });
    }

    public Tree mtime(long seconds, int nanos) {
        return with(t -> t.mtime = new Timestamp(seconds, nanos));
    }

    public Tree xattr(String key, byte[] value) {
        List<Xattr> all = new ArrayList<>(xattrs);
        all.add(new Xattr(bytes(key), value));
        return with(t -> t.xattrs = List.copyOf(all));
    }

    /** Flags of FS_IOC_SETFLAGS. */
    public Tree flags(int bits) {
        return with(t -> t.flags = bits);
    }

    public Tree project(int id) {
        return with(t -> t.projectId = id);
    }

    private Tree with(Consumer<Tree> change) {
        try {
            Tree copy = (Tree) clone();
            change.accept(copy);
            return copy;
        } catch (CloneNotSupportedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** One component, empty for the root. */
    public byte[] name() {
        return name;
    }

    public FileType type() {
        return type;
    }

    public int mode() {
        return mode;
    }

    /** Owner, -1 where the literal does not say. */
    public int uid() {
        return uid;
    }

    /** Group, -1 where the literal does not say. */
    public int gid() {
        return gid;
    }

    /** Also the access time of what is made. */
    public Timestamp mtime() {
        return mtime;
    }

    public long rdev() {
        return rdev;
    }

    public byte[] target() {
        return target;
    }

    public Content content() {
        return content;
    }

    public List<Xattr> xattrs() {
        return xattrs;
    }

    public int flags() {
        return flags;
    }

    public int projectId() {
        return projectId;
    }

    /** Path of the entry whose inode this name shares; null for an inode of its own. */
    public @Nullable RawPath linkTo() {
        return linkTo;
    }

    public List<Tree> children() {
        return children;
    }

    @Override
    public String toString() {
        return type + " " + RawPath.printable(name) + (children.isEmpty() ? "" : children.toString());
    }
}
