package io.stripeline.ptcomm.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.inode.Xattr;
import io.stripeline.layout.Layout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Blobs and a layout table of version 1 as they were written when version 1 was made, one a line in hex. They must be
 * readable for ever; if this test fails, the reader is wrong, not the file. {@code -Dgolden.write=FILE} writes a new
 * one, for a new version.
 */
class GoldenBlobTest {
    private static final String GOLDEN = "/blob/version-1.hex";
    private static final int PART_BYTES = 300;
    private static final Layout STRIPED = new Layout.Striped(4 << 20, 8, "flash");
    private static final Layout COMPOSITE =
            new Layout.Opaque("lustre.lov", HexFormat.of().parseHex("d00bd60b0100000000ff"));

    private static Map<String, EntryBlob> entries() {
        Map<String, EntryBlob> all = new LinkedHashMap<>();
        EntryBlob plain = RandomBlobs.plain("/lustre/scratch/anna/run.nc");
        Inode inode = plain.inode();
        all.put("plain", plain);
        all.put(
                "everything",
                new EntryBlob(
                        RawPath.of(new byte[] {'/', (byte) 0xFF, '\n', ' '}),
                        true,
                        inode,
                        new Attributes(
                                new byte[0],
                                List.of(
                                        new Xattr("security.capability".getBytes(), new byte[] {1, 0, 0, 2}),
                                        new Xattr(new byte[] {'u', '.', (byte) 0x80}, new byte[0])),
                                0x10,
                                0xFFFF_FFFE,
                                COMPOSITE),
                        RawPath.of("/lustre/first")));
        all.put(
                "symlink",
                new EntryBlob(
                        RawPath.of("/l"),
                        false,
                        inode(0120777, 1, 0, Timestamp.EPOCH),
                        Attributes.ofLink("../to \t".getBytes()),
                        null));
        all.put(
                "device",
                new EntryBlob(
                        RawPath.of("/dev/null"),
                        false,
                        inode(020666, 2, 0x103, new Timestamp(1, 1)),
                        Attributes.NONE,
                        null));
        all.put(
                "directory",
                new EntryBlob(
                        RawPath.of("/d"),
                        false,
                        inode(042755, 70_000, 0, new Timestamp(-2, 999_999_999)),
                        new Attributes(new byte[0], List.of(), 0, 7, STRIPED),
                        null));
        all.put(
                "far-times",
                new EntryBlob(
                        RawPath.of("/t"),
                        false,
                        new Inode(
                                new InodeId(0, -1, Long.MIN_VALUE),
                                0100000,
                                -1,
                                -1,
                                -2,
                                Long.MAX_VALUE,
                                -1,
                                -1,
                                new Timestamp(Long.MIN_VALUE, 0),
                                new Timestamp(Long.MAX_VALUE, 999_999_999),
                                new Timestamp(9_000_000_001L, 5),
                                new Timestamp(Long.MAX_VALUE - 3, 1)),
                        Attributes.NONE,
                        null));
        byte[] value = new byte[700];
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) (i * 7);
        }
        all.put(
                "parts",
                new EntryBlob(
                        RawPath.of("/p"),
                        false,
                        inode,
                        new Attributes(new byte[0], List.of(new Xattr("user.big".getBytes(), value)), 0, 0, null),
                        null));
        return all;
    }

    private static Inode inode(int mode, int nlink, long rdev, Timestamp time) {
        return new Inode(new InodeId(0, 0, 12), mode, nlink, 0, 0, 0, 0, rdev, time, time, time, Timestamp.EPOCH);
    }

    /** All that this program writes, by name. */
    private static Map<String, List<byte[]>> written() {
        Map<String, List<byte[]>> all = new LinkedHashMap<>();
        entries().forEach((name, blob) -> all.put(name, blob.encode(PART_BYTES)));
        LayoutCollector layouts = new LayoutCollector(warning -> {
            throw new AssertionError(warning);
        });
        layouts.add(STRIPED);
        layouts.add(COMPOSITE);
        for (RestoreObject object : layouts.objects()) {
            all.put(object.name(), List.of(object.bytes()));
        }
        return all;
    }

    private static Map<String, List<byte[]>> golden() throws IOException {
        String target = System.getProperty("golden.write");
        if (target != null) {
            List<String> lines = new ArrayList<>();
            written().forEach((name, parts) -> {
                StringBuilder line = new StringBuilder(name);
                parts.forEach(part -> line.append(' ').append(HexFormat.of().formatHex(part)));
                lines.add(line.toString());
            });
            Files.write(Path.of(target), lines);
        }
        Map<String, List<byte[]>> all = new LinkedHashMap<>();
        try (InputStream file = GoldenBlobTest.class.getResourceAsStream(GOLDEN)) {
            assertThat(file).as("golden file").isNotNull();
            new BufferedReader(new InputStreamReader(file, StandardCharsets.US_ASCII))
                    .lines()
                    .forEach(line -> {
                        String[] words = line.split(" ");
                        all.put(
                                words[0],
                                Arrays.stream(words)
                                        .skip(1)
                                        .map(HexFormat.of()::parseHex)
                                        .toList());
                    });
        }
        return all;
    }

    @Test
    void version1IsRead() throws IOException {
        Map<String, List<byte[]>> golden = golden();
        entries().forEach((name, blob) -> {
            assertThat(golden).as(name).containsKey(name);
            assertThat(EntryBlob.decode(golden.get(name))).as(name).isEqualTo(blob);
        });
        assertThat(golden.get("parts")).hasSizeGreaterThan(1);
        LayoutTable table = new LayoutTable();
        golden.forEach((name, parts) -> table.merge(new RestoreObject(name, parts.get(0))));
        assertThat(table.size()).isEqualTo(2);
        assertThat(table.layout(0x27908d761bce6234L)).isEqualTo(STRIPED);
        assertThat(table.layout(0xa200c81be43ff510L)).isEqualTo(COMPOSITE);
    }

    @Test
    void thisWriterStillWritesTheSameBytes() throws IOException {
        Map<String, List<byte[]>> golden = golden();
        Map<String, List<byte[]>> written = written();
        assertThat(written.keySet()).isEqualTo(golden.keySet());
        written.forEach((name, parts) -> assertThat(parts)
                .as(name)
                .usingElementComparator(Arrays::compare)
                .isEqualTo(golden.get(name)));
    }
}
