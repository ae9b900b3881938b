package io.stripeline.ptcomm.wire;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Payloads of batches, good and torn, put together without the code under test. */
final class BatchSeeds {
    private static final int ITEM = 1;
    private static final int DATA = 3;
    private static final int END = 6;

    private BatchSeeds() {}

    /** An ITEM body with distinct numbers in all fields. */
    static byte[] item(char kind, String name, String target) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(1);
        out.writeByte(kind);
        out.write(new byte[3]);
        for (int field : new int[] {0100644, -2, 20, 1, 7}) {
            out.writeInt(field);
        }
        for (long field : new long[] {5, 77, 88, 99}) {
            out.writeLong(field);
        }
        for (int time = 1; time <= 4; time++) {
            out.writeLong(time * 1000L);
            out.writeInt(999_999_999);
        }
        out.writeLong(kind == 'L' ? 1 : 0);
        out.writeInt(name.length());
        out.writeInt(target.length());
        out.write((name + target).getBytes(StandardCharsets.ISO_8859_1));
        return bytes.toByteArray();
    }

    static byte[] record(int type, int flags, int length, byte[] body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeShort(0);
        out.writeInt(length);
        out.write(body);
        return bytes.toByteArray();
    }

    static byte[] record(int type, byte[] body) throws IOException {
        return record(type, 0, body.length, body);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }

    static Stream<byte[]> all() throws IOException {
        byte[] item = record(ITEM, item('F', "/a \n", ""));
        byte[] good = join(
                item,
                record(2, new byte[9]),
                record(DATA, "hello".getBytes(StandardCharsets.US_ASCII)),
                record(4, new byte[1]),
                record(5, new byte[2]),
                record(END, new byte[1]));
        byte[] badKind = item.clone();
        badKind[16] = 'Z';
        byte[] longName = item.clone();
        longName[8 + 120] = -1;
        byte[] nanos = item.clone();
        nanos[8 + 72] = -1;
        byte[] lane = item.clone();
        lane[3] = 1;
        List<byte[]> seeds = new ArrayList<>(List.of(
                good,
                join(good, good),
                join(record(ITEM, item('L', "/l", "/a")), record(END, new byte[] {2, 'x'})),
                join(record(7, new byte[] {0, 1, 'o', 1, 2}), record(8, new byte[] {'/'}), record(9, new byte[] {
                    'I', 'x'
                })),
                record(DATA, 1, 10, new byte[10]),
                record(DATA, 1, 3, new byte[3]),
                record(DATA, 2, 3, new byte[3]),
                record(DATA, 0, -1, new byte[3]),
                record(0, new byte[0]),
                record(10, new byte[1]),
                record(ITEM, new byte[127]),
                badKind,
                longName,
                nanos,
                lane));
        for (int cut : new int[] {1, 7, 8, 9, 100}) {
            seeds.add(Arrays.copyOf(good, good.length - cut));
        }
        return seeds.stream();
    }
}
