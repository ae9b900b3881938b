package io.stripeline.broken;

import io.stripeline.Volume;
import io.stripeline.forward.ForwardingVolume;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Entry;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.read.ContentSource;
import io.stripeline.read.XattrRoom;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * A directory in which whoever looks at an entry called {@code unlinked} meets an Error, at one called {@code unreadable} an
 * error of the disk, at one called {@code passing} finds it gone while there is a file {@code away} beside the directory, and
 * in one that is called {@code silent} itself, whoever looks at anything waits until there is a file {@code go} beside it.
 */
final class BrokenVolume extends ForwardingVolume {
    BrokenVolume(Volume inner) {
        super(inner);
    }

    @Override
    public String kind() {
        return "broken";
    }

    @Override
    public ContentSource content() {
        ContentSource inner = super.content();
        return new ContentSource() {
            @Override
            public OpenFile open(Entry entry) {
                look(entry);
                return inner.open(entry);
            }

            @Override
            public Attributes attributes(Entry entry, XattrRoom room) {
                look(entry);
                return inner.attributes(entry, room);
            }
        };
    }

    private void look(Entry entry) {
        String name = new String(entry.name(), StandardCharsets.ISO_8859_1);
        if (name.equals("unlinked")) {
            throw new NoClassDefFoundError("not linked");
        }
        if (name.equals("unreadable")) {
            throw new PosixException("open", Errno.EIO, entry.path().toString());
        }
        if (name.equals("passing") && Files.exists(root().resolveSibling("away"))) {
            throw new PosixException("open", Errno.ENOENT, entry.path().toString());
        }
        Path go = root().resolveSibling("go");
        while (root().endsWith("silent") && !Files.exists(go)) {
            LockSupport.parkNanos(5_000_000);
        }
    }
}
