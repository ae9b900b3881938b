package io.stripeline.testkit;

import com.kenai.jffi.MemoryIO;
import io.stripeline.flow.AttributeRoom;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.layout.Extent;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.read.ContentSource;
import io.stripeline.read.XattrRoom;

/** Opens and reads files of a {@link FakeVolume}. */
record FakeContent(FakeVolume volume) implements ContentSource {
    @Override
    public OpenFile open(Entry entry) {
        return volume.locked(() -> {
            volume.checkOpen("open");
            FakeInode inode = volume.find("open", entry.path());
            if (inode.type != FileType.REGULAR) {
                throw new PosixException("open", Errno.ESTALE, entry.path().toString());
            }
            return new FakeFile(volume, inode, entry.path().toString());
        });
    }

    @Override
    public Attributes attributes(Entry entry, XattrRoom room) {
        return asked(
                volume.locked(() -> {
                    volume.checkOpen("attributes");
                    return volume.find("attributes", entry.path()).attributes();
                }),
                room);
    }

    private static Attributes asked(Attributes attributes, XattrRoom room) {
        if (attributes.weightBytes() > AttributeRoom.LIGHT_BYTES) {
            room.ask();
        }
        return attributes;
    }

    private static final class FakeFile implements OpenFile {
        private final FakeVolume volume;
        private final FakeInode inode;
        private final String path;

        FakeFile(FakeVolume volume, FakeInode inode, String path) {
            this.volume = volume;
            this.inode = inode;
            this.path = path;
            OpenFiles.opened(this, path);
        }

        private void checkOpen(String call) {
            if (!OpenFiles.isOpen(this)) {
                throw new IllegalStateException(call + " on " + path + " after its close");
            }
        }

        @Override
        public Inode inode() {
            checkOpen("inode");
            return volume.locked(inode::inode);
        }

        @Override
        public Attributes attributes(XattrRoom room) {
            checkOpen("attributes");
            return asked(volume.locked(inode::attributes), room);
        }

        @Override
        public int read(long address, int length, long offset) {
            checkOpen("read");
            Content content = volume.locked(() -> inode.content);
            int most = Math.min(length, volume.locked(volume::mostPerRead));
            byte[] bytes = new byte[(int) Math.max(0, Math.min(most, content.length() - offset))];
            int count = content.read(offset, bytes, 0, bytes.length);
            if (count > 0) {
                MemoryIO.getInstance().putByteArray(address, bytes, 0, count);
            }
            checkOpen("read, while under way,");
            return count;
        }

        @Override
        public Extent extent(long offset, long end) {
            checkOpen("extent");
            return volume.locked(() -> inode.content.extent(offset, end));
        }

        @Override
        public void close() {
            if (!OpenFiles.closed(this)) {
                throw new IllegalStateException(path + " closed twice");
            }
        }
    }
}
