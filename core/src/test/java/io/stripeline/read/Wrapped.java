package io.stripeline.read;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.Entry;
import io.stripeline.inode.Inode;
import io.stripeline.layout.Extent;
import java.util.function.BiFunction;

/** A source whose files answer extents of their own. */
record Wrapped(ContentSource source, BiFunction<Long, Long, Extent> extents) implements ContentSource {
    static ContentSource extent(ContentSource source, BiFunction<Long, Long, Extent> extents) {
        return new Wrapped(source, extents);
    }

    @Override
    public OpenFile open(Entry entry) {
        OpenFile file = source.open(entry);
        return new OpenFile() {
            @Override
            public Inode inode() {
                return file.inode();
            }

            @Override
            public Attributes attributes(XattrRoom room) {
                return file.attributes(room);
            }

            @Override
            public int read(long address, int length, long offset) {
                return file.read(address, length, offset);
            }

            @Override
            public Extent extent(long offset, long end) {
                return extents.apply(offset, end);
            }

            @Override
            public void close() {
                file.close();
            }
        };
    }

    @Override
    public Attributes attributes(Entry entry, XattrRoom room) {
        return source.attributes(entry, room);
    }
}
