package io.stripeline.testkit;

import io.stripeline.posix.DirEntries;
import io.stripeline.posix.NativeMemory;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** All names of an open directory but {@code .} and {@code ..}, read to the end first. */
final class DiskListing {
    private DiskListing() {}

    static List<byte[]> names(int dirfd) {
        ByteBuffer buffer = NativeMemory.allocate(64 << 10);
        List<byte[]> names = new ArrayList<>();
        while (true) {
            int length = Posix.tryGetdents(dirfd, NativeMemory.address(buffer), buffer.capacity());
            if (length < 0) {
                throw new PosixException("getdents64", -length, "descriptor " + dirfd);
            }
            if (length == 0) {
                return names;
            }
            for (int at = 0; at < length; at += buffer.getShort(at + DirEntries.RECORD_LENGTH) & 0xFFFF) {
                byte[] name = name(buffer, at + DirEntries.NAME);
                if (!isDot(name)) {
                    names.add(name);
                }
            }
        }
    }

    private static byte[] name(ByteBuffer buffer, int from) {
        int end = from;
        while (buffer.get(end) != 0) {
            end++;
        }
        byte[] name = new byte[end - from];
        buffer.get(from, name);
        return name;
    }

    private static boolean isDot(byte[] name) {
        return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
    }
}
