package io.stripeline.testkit;

import io.stripeline.inode.RawPath;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Puts tree literals into a {@link FakeVolume} and takes names out of it; under the volume's lock. */
final class FakePlanting {
    private record Link(FakeInode parent, Name name, RawPath first) {}

    private final FakeVolume volume;
    private final List<Link> links = new ArrayList<>();

    private FakePlanting(FakeVolume volume) {
        this.volume = volume;
    }

    static void plant(FakeVolume volume, Tree tree) {
        FakePlanting planting = new FakePlanting(volume);
        planting.describe(volume.rootInode(), tree);
        planting.finish();
    }

    static void add(FakeVolume volume, RawPath parent, Tree node) {
        FakePlanting planting = new FakePlanting(volume);
        planting.put(volume.find("add", parent), node);
        planting.finish();
    }

    static void remove(FakeVolume volume, RawPath path) {
        FakeInode parent = volume.find("unlink", path.parent());
        FakeInode gone = parent.children.remove(new Name(path.name()));
        if (gone == null) {
            throw new PosixException("unlink", Errno.ENOENT, path.toString());
        }
        unlinked(gone, parent, path, volume);
        changed(parent, volume);
    }

    /** Children first, as rm -r does. */
    private static void unlinked(FakeInode gone, FakeInode parent, RawPath path, FakeVolume volume) {
        gone.children.forEach((name, child) -> unlinked(child, gone, path.child(name.bytes()), volume));
        gone.nlink--;
        gone.ctime = volume.time();
        volume.log().gone(path, parent, gone);
    }

    private static void changed(FakeInode directory, FakeVolume volume) {
        directory.mtime = volume.time();
        directory.ctime = volume.time();
        volume.log().touched(directory);
    }

    /** What is at {@code to} is replaced, unless it is a directory with something in it. */
    static void rename(FakeVolume volume, RawPath from, RawPath to) {
        FakeInode inode = volume.find("rename", from);
        FakeInode fromParent = volume.find("rename", from.parent());
        FakeInode toParent = volume.find("rename", to.parent());
        if (from.contains(to)) {
            throw new PosixException("rename", Errno.EINVAL, to.toString());
        }
        FakeInode there = toParent.children.get(new Name(to.name()));
        if (there != null && !there.children.isEmpty()) {
            throw new PosixException("rename", Errno.ENOTEMPTY, to.toString());
        }
        fromParent.children.remove(new Name(from.name()));
        toParent.children.put(new Name(to.name()), inode);
        if (there != null) {
            unlinked(there, toParent, to, volume);
        }
        inode.ctime = volume.time();
        volume.log().renamed(from, fromParent, to, toParent, inode);
        changed(fromParent, volume);
        changed(toParent, volume);
    }

    static List<byte[]> components(RawPath path) {
        List<byte[]> names = new ArrayList<>();
        for (RawPath at = path; !at.isRoot(); at = at.parent()) {
            names.add(0, at.name());
        }
        return names;
    }

    private void finish() {
        for (Link link : links) {
            FakeInode first = volume.find("link", link.first);
            first.nlink++;
            first.ctime = volume.time();
            link.parent.children.put(link.name, first);
            volume.log().touched(first);
            volume.log().touched(link.parent);
        }
    }

    private void put(FakeInode parent, Tree tree) {
        Name name = new Name(tree.name());
        if (parent.children.containsKey(name)) {
            throw new PosixException("add", Errno.EEXIST, name.toString());
        }
        if (tree.linkTo() != null) {
            links.add(new Link(parent, name, Objects.requireNonNull(tree.linkTo())));
            return;
        }
        FakeInode inode = volume.newInode(tree.type());
        parent.children.put(name, inode);
        describe(inode, tree);
        volume.log().touched(inode);
        volume.log().touched(parent);
    }

    private void describe(FakeInode inode, Tree tree) {
        inode.mode = tree.mode();
        inode.uid = tree.uid() == -1 ? 0 : tree.uid();
        inode.gid = tree.gid() == -1 ? 0 : tree.gid();
        inode.rdev = tree.rdev();
        inode.target = tree.target();
        inode.content = tree.content();
        inode.xattrs = tree.xattrs();
        inode.flags = tree.flags();
        inode.projectId = tree.projectId();
        tree.children().forEach(child -> put(inode, child));
        inode.mtime = tree.mtime();
        inode.atime = tree.mtime();
        inode.ctime = tree.mtime();
    }
}
