package io.stripeline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.AttributeRoom;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.Xattrs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Neighbours that each have nearly as many bytes of extended attributes as anybody keeps: files and directories, with
 * values that differ from all others. What is compared stands in memory one value at a time.
 */
public final class LargeXattrTree {
    private static final int VALUES = AttributeRoom.MOST_BYTES / XattrPlace.VALUE_BYTES - 1;

    private final Path root;
    private final String space;
    private final int entries;

    /** Plants them below a new directory. */
    public LargeXattrTree(Path root, String space, int entries) throws IOException {
        this.root = root;
        this.space = space;
        this.entries = entries;
        Files.createDirectory(root);
        byte[] value = new byte[XattrPlace.VALUE_BYTES];
        new Random(5).nextBytes(value);
        for (int entry = 0; entry < entries; entry++) {
            Path path = entry(root, entry);
            if (entry % 3 == 0) {
                Files.createDirectory(path);
            } else {
                Files.writeString(path, "content of " + path.getFileName());
            }
            for (int i = 0; i < VALUES; i++) {
                assertThat(XattrPlace.set(path, space + "v" + i, numbered(value, entry, i)))
                        .as(path + " " + i)
                        .isZero();
            }
        }
    }

    private static Path entry(Path of, int number) {
        return of.resolve("entry-" + number);
    }

    private static byte[] numbered(byte[] value, int entry, int i) {
        ByteBuffer.wrap(value).putInt(entry).putInt(i);
        return value;
    }

    /** Bytes of all values. */
    public long valueBytes() {
        return (long) entries * VALUES * XattrPlace.VALUE_BYTES;
    }

    /** Fails where a copy of the tree differs in a value or in content. */
    public void assertCopied(Path copy) throws IOException {
        for (int entry = 0; entry < entries; entry++) {
            Path from = entry(root, entry);
            Path to = entry(copy, entry);
            assertThat(Files.isDirectory(to)).as(to.toString()).isEqualTo(entry % 3 == 0);
            if (entry % 3 != 0) {
                assertThat(to).hasSameBinaryContentAs(from);
            }
            try (Fd saved = open(from);
                    Fd restored = open(to)) {
                assertThat(Xattrs.list(restored.number())).hasSize(VALUES);
                for (int i = 0; i < VALUES; i++) {
                    byte[] name = (space + "v" + i).getBytes(StandardCharsets.US_ASCII);
                    assertThat(Xattrs.get(restored.number(), name))
                            .as(to + " " + i)
                            .isEqualTo(Xattrs.get(saved.number(), name));
                }
            }
        }
    }

    private static Fd open(Path path) {
        return Fd.openat(Fcntl.AT_FDCWD, path.toString().getBytes(StandardCharsets.UTF_8), Fcntl.O_RDONLY, 0);
    }
}
