package io.stripeline.ptcomm.wire;

import java.nio.ByteBuffer;

/**
 * The body of an ITEM record: {@link #FIXED_BYTES} of numbers, the name, the target of a link.
 *
 * <pre>
 *   0  number          32  size      64  mtime: seconds, nanoseconds in 4 bytes     112  number of the first link
 *   8  kind, 3 zeros   40  inode     76  atime                                      120  length of the name
 *  12  mode            48  device    88  ctime                                      124  length of the target
 *  16  uid             56  rdev     100  btime                                      128  name, target
 *  20  gid    24  nlink    28  project id
 * </pre>
 *
 * @param number of the item in its session, from 1; restore objects and deletions that become items count, whichever
 *     way they came
 * @param kind {@code F} file, {@code E} empty file, {@code D} directory, {@code S} symlink, {@code L} hard link, {@code P}
 *     special file
 * @param mode with file type bits
 * @param uid unsigned 32 bit in an int
 * @param gid unsigned 32 bit in an int
 * @param nlink unsigned 32 bit in an int
 * @param sizeBytes not negative
 * @param rdev device number of a device; the layout id of a regular file, where metadata was agreed on
 * @param mtimeSeconds last change of content
 * @param atimeSeconds last access
 * @param ctimeSeconds last change of the inode
 * @param first number of the item that a hard link is another name of, else 0
 * @param name raw bytes; of a directory with final slash
 * @param target of a link, exact; else empty
 */
public record BatchItem(
        long number,
        char kind,
        int mode,
        int uid,
        int gid,
        int nlink,
        long sizeBytes,
        long rdev,
        long mtimeSeconds,
        long atimeSeconds,
        long ctimeSeconds,
        long first,
        byte[] name,
        byte[] target) {
    /** In front of the name. */
    public static final int FIXED_BYTES = 128;

    private static final String KINDS = "FEDSLP";
    private static final int NANOS = 1_000_000_000;
    private static final int MTIME_AT = 64;
    private static final int TIMES = 4;
    private static final int TIME_BYTES = 12;

    /** Reads the body of an ITEM record. */
    public static BatchItem parse(ByteBuffer body) {
        if (body.remaining() < FIXED_BYTES) {
            throw new ProtocolException(
                    "An ITEM of " + body.remaining() + " bytes; its numbers alone are " + FIXED_BYTES);
        }
        int at = body.position();
        char kind = (char) (body.get(at + 8) & 0xFF);
        long nameBytes = Integer.toUnsignedLong(body.getInt(at + 120));
        long targetBytes = Integer.toUnsignedLong(body.getInt(at + 124));
        boolean zeros = body.get(at + 9) == 0 && body.getShort(at + 10) == 0;
        boolean nanos = true;
        for (int i = 0; i < TIMES; i++) {
            nanos &= Integer.compareUnsigned(body.getInt(at + MTIME_AT + i * TIME_BYTES + Long.BYTES), NANOS) < 0;
        }
        if (KINDS.indexOf(kind) < 0 || !zeros || !nanos || body.getLong(at + 32) < 0) {
            throw new ProtocolException("An ITEM of kind " + (int) kind + " with numbers that no item has");
        }
        if (nameBytes < 1 || nameBytes + targetBytes != body.remaining() - FIXED_BYTES) {
            throw new ProtocolException("An ITEM whose name of " + nameBytes + " and target of " + targetBytes
                    + " bytes do not fill its " + body.remaining());
        }
        byte[] name = new byte[(int) nameBytes];
        byte[] target = new byte[(int) targetBytes];
        body.get(at + FIXED_BYTES, name).get(at + FIXED_BYTES + name.length, target);
        return new BatchItem(
                body.getLong(at),
                kind,
                body.getInt(at + 12),
                body.getInt(at + 16),
                body.getInt(at + 20),
                body.getInt(at + 24),
                body.getLong(at + 32),
                body.getLong(at + 56),
                body.getLong(at + 64),
                body.getLong(at + 76),
                body.getLong(at + 88),
                body.getLong(at + 112),
                name,
                target);
    }

    /** The body of its ITEM record, with zeros for what is not told here: inode, device, project id, birth time. */
    public byte[] encode() {
        ByteBuffer body = ByteBuffer.allocate(FIXED_BYTES + name.length + target.length);
        body.putLong(number).putInt(kind << 24);
        body.putInt(mode).putInt(uid).putInt(gid).putInt(nlink).putInt(0);
        body.putLong(sizeBytes).putLong(0).putLong(0).putLong(rdev);
        body.putLong(mtimeSeconds).putInt(0);
        body.putLong(atimeSeconds).putInt(0);
        body.putLong(ctimeSeconds).putInt(0);
        body.putLong(0).putInt(0);
        body.putLong(first).putInt(name.length).putInt(target.length);
        return body.put(name).put(target).array();
    }
}
