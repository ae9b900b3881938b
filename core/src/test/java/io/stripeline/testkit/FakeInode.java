package io.stripeline.testkit;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.Timestamp;
import io.stripeline.inode.Xattr;
import io.stripeline.testkit.TreeFacts.Fact;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** An inode of a {@link FakeVolume}; guarded by the volume's lock. */
final class FakeInode {
    static final long DEVICE = 77;

    final long number;
    final FileType type;
    int mode;
    int nlink = 1;
    int uid;
    int gid;
    long rdev;
    byte[] target = new byte[0];
    Content content = Content.EMPTY;
    List<Xattr> xattrs = List.of();
    int flags;
    int projectId;
    Timestamp atime;
    Timestamp mtime;
    Timestamp ctime;
    final Timestamp btime;
    final TreeMap<Name, FakeInode> children = new TreeMap<>();

    FakeInode(long number, FileType type, Timestamp now) {
        this.number = number;
        this.type = type;
        atime = now;
        mtime = now;
        ctime = now;
        btime = now;
    }

    boolean isDirectory() {
        return type == FileType.DIRECTORY;
    }

    Inode inode() {
        long size = type == FileType.REGULAR ? content.length() : target.length;
        return new Inode(
                new InodeId(DEVICE, 1, number),
                type.bits() | mode,
                nlink,
                uid,
                gid,
                size,
                (content.allocatedBytes() + 511) / 512,
                rdev,
                atime,
                mtime,
                ctime,
                btime);
    }

    Attributes attributes() {
        List<Xattr> sorted = new ArrayList<>(xattrs);
        sorted.sort(Comparator.comparing(Xattr::name, java.util.Arrays::compareUnsigned));
        return new Attributes(target, sorted, flags, projectId, null);
    }

    void setXattr(Xattr one) {
        List<Xattr> all = new ArrayList<>(xattrs);
        all.removeIf(old -> java.util.Arrays.equals(old.name(), one.name()));
        all.add(one);
        xattrs = List.copyOf(all);
    }

    Fact fact() {
        boolean regular = type == FileType.REGULAR;
        return new Fact(
                type,
                mode,
                uid,
                gid,
                regular ? content.length() : target.length,
                content.allocatedBytes(),
                mtime,
                rdev,
                target,
                Set.copyOf(xattrs),
                flags,
                projectId,
                regular ? TreeFacts.digest(content) : "",
                regular ? content.data() : List.of(),
                Set.of());
    }
}
