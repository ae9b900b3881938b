package io.stripeline.striped;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.Entry;
import io.stripeline.inode.Inode;
import io.stripeline.layout.Extent;
import io.stripeline.layout.Layout;
import io.stripeline.read.ContentSource;
import io.stripeline.read.XattrRoom;
import java.util.Arrays;
import java.util.Random;

/** Content of the inner volume, with layouts. */
record StripedContent(ContentSource inner) implements ContentSource {
    private static final int BYTES = 60_000;

    /** The layout of the file of this name, wherever it is. */
    static Layout of(byte[] name) {
        byte[] bytes = new byte[BYTES];
        new Random(Arrays.hashCode(name)).nextBytes(bytes);
        return new Layout.Opaque("striped", bytes);
    }

    @Override
    public OpenFile open(Entry entry) {
        return new Opened(inner.open(entry), of(entry.name()));
    }

    @Override
    public Attributes attributes(Entry entry, XattrRoom room) {
        return inner.attributes(entry, room);
    }

    private record Opened(OpenFile file, Layout layout) implements OpenFile {
        @Override
        public Inode inode() {
            return file.inode();
        }

        @Override
        public Attributes attributes(XattrRoom room) {
            Attributes of = file.attributes(room);
            return new Attributes(of.linkTarget(), of.xattrs(), of.flags(), of.projectId(), layout);
        }

        @Override
        public int read(long address, int length, long offset) {
            return file.read(address, length, offset);
        }

        @Override
        public Extent extent(long offset, long end) {
            return file.extent(offset, end);
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
