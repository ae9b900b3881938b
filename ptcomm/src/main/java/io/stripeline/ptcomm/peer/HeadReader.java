package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.Cap;
import io.stripeline.ptcomm.Extensions;
import io.stripeline.ptcomm.wire.BatchItem;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.ProtocolException;
import io.stripeline.ptcomm.wire.StatLine;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.ptcomm.wire.TimeLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The attributes of a file, from behind its FNAME to their EOD. */
final class HeadReader {
    static final String LINK = "LSTAT:";
    static final String METADATA = "METADATA_STREAM";
    static final String LAYOUT = "X-LAYOUT:";

    /** What one record of a volume takes, with room for what the daemon adds. */
    private static final int METADATA_BYTES = 900_000;

    private static final int TYPE_BITS = 0170000;
    private static final int DIRECTORY = 0040000;
    private static final int SYMLINK = 0120000;
    private static final int REGULAR = 0100000;
    private static final TimeLine NO_TIMES = new TimeLine(0, 0, 0);

    private final Wire wire;
    private final Extensions agreed;
    private final boolean takesMetadata;
    private final ItemCount count;

    HeadReader(Wire wire, Extensions agreed, boolean takesMetadata, ItemCount count) {
        this.wire = wire;
        this.agreed = agreed;
        this.takesMetadata = takesMetadata;
        this.count = count;
    }

    FileHead read(byte[] name) throws IOException {
        StatLine stat = null;
        TimeLine times = null;
        byte[] link = null;
        long layout = 0;
        List<byte[]> metadata = new ArrayList<>();
        Packet packet = wire.read("an attribute");
        while (packet.status() != Status.EOD) {
            if (packet.startsWith(StatLine.KEYWORD)) {
                once(stat, "STAT");
                stat = stat(wire, packet);
            } else if (packet.startsWith(TimeLine.KEYWORD)) {
                once(times, "TSTAMP");
                times = times(wire, packet);
            } else if (packet.startsWith(LINK)) {
                once(link, "LSTAT");
                link = packet.after(LINK);
            } else if (takesMetadata && packet.is(METADATA)) {
                metadata.add(metadata());
            } else if (agreed.has(Cap.META) && packet.startsWith(LAYOUT)) {
                once(layout == 0 ? null : layout, LAYOUT);
                layout = layout(packet, stat);
            } else {
                throw wire.broken(packet.is(METADATA) ? 21 : 18, "no such attribute for this plugin");
            }
            packet = wire.read("an attribute");
        }
        if (stat == null) {
            throw wire.broken(19, "no STAT for " + RawBytes.show(name));
        }
        return head(name, stat, times == null ? NO_TIMES : times, link, layout, metadata);
    }

    /** The same of an item of a batch. */
    FileHead of(BatchItem item, List<byte[]> metadata) throws IOException {
        boolean link = item.kind() == 'L';
        long index = item.first() == 0 ? 0 : count.fileIndexOf(item.first());
        StatLine stat = new StatLine(
                item.kind() == 'P' ? 'F' : item.kind(),
                item.sizeBytes(),
                item.uid(),
                item.gid(),
                item.mode(),
                Integer.toUnsignedLong(item.nlink()),
                index);
        boolean regular = (item.mode() & TYPE_BITS) == REGULAR;
        if (link == (item.first() == 0)) {
            throw wire.broken(19, "a hard link, and only that, has a first name: " + RawBytes.show(item.name()));
        }
        boolean fits = item.kind() == 'P' ? !regular : regular || item.kind() != 'F';
        if (!fits) {
            throw wire.broken(19, "the mode does not fit the kind: " + RawBytes.show(item.name()));
        }
        if (regular && item.rdev() != 0 && !agreed.has(Cap.META)) {
            throw wire.broken(18, "a layout, which was not agreed on");
        }
        byte[] target = item.target().length == 0 ? null : item.target();
        TimeLine times = new TimeLine(item.atimeSeconds(), item.mtimeSeconds(), item.ctimeSeconds());
        return head(item.name(), stat, times, target, regular ? item.rdev() : 0, metadata);
    }

    private FileHead head(
            byte[] name, StatLine stat, TimeLine times, byte @Nullable [] link, long layout, List<byte[]> metadata)
            throws IOException {
        check(name, stat, link);
        long fileIndex = count.item();
        if (stat.type() == 'F' || stat.type() == 'E') {
            count.linkable(fileIndex);
        }
        return new FileHead(fileIndex, name, stat, times, link, layout, metadata);
    }

    private void once(@Nullable Object before, String what) throws IOException {
        if (before != null) {
            throw wire.broken(19, "a second " + what + " of one file");
        }
    }

    /** Also of questions. */
    static StatLine stat(Wire wire, Packet packet) throws IOException {
        byte[] text = packet.after(StatLine.KEYWORD);
        if (text.length > 0 && text[0] == '/') {
            throw wire.broken(18, "this plugin has no file system to take the attributes from");
        }
        String line = new String(text, StandardCharsets.ISO_8859_1);
        if (!line.matches(
                "[FEDS] [0-9]+ [0-9]+ [0-9]+ [0-7]+ [0-9]+|L [0-9]+ [0-9]+ [0-9]+ [0-7]+ [0-9]+ [1-9][0-9]*")) {
            throw wire.broken(19, "expected STAT:<F E D S> size uid gid octal-mode nlink, or L with an index behind");
        }
        try {
            return StatLine.parse(text);
        } catch (ProtocolException bad) {
            throw wire.broken(19, String.valueOf(bad.getMessage()));
        }
    }

    /** Also of questions. */
    static TimeLine times(Wire wire, Packet packet) throws IOException {
        try {
            return TimeLine.parse(packet.after(TimeLine.KEYWORD));
        } catch (ProtocolException bad) {
            throw wire.broken(19, String.valueOf(bad.getMessage()));
        }
    }

    private long layout(Packet packet, @Nullable StatLine stat) throws IOException {
        String text = new String(packet.after(LAYOUT), StandardCharsets.US_ASCII);
        boolean regular =
                stat != null && (stat.type() == 'F' || stat.type() == 'E') && (stat.mode() & TYPE_BITS) == REGULAR;
        if (!regular) {
            throw wire.broken(18, "a layout follows the STAT of a regular file");
        }
        if (!text.matches("[0-9a-f]{1,16}") || text.matches("0+")) {
            throw wire.broken(18, "a layout id is 1 to 16 hexadecimal digits and not 0");
        }
        return Long.parseUnsignedLong(text, 16);
    }

    private byte[] metadata() throws IOException {
        Packet blob = wire.read("a metadata block");
        if (blob.status() != Status.DATA) {
            throw wire.broken(21, "a metadata block is exactly one D packet");
        }
        byte[] bytes = blob.payload();
        if (bytes.length > METADATA_BYTES) {
            throw wire.broken(21, "a metadata block of more than " + METADATA_BYTES + " bytes");
        }
        if (wire.read("the end of a metadata block").status() != Status.EOD) {
            throw wire.broken(21, "a metadata block is exactly one D packet and an EOD");
        }
        return bytes;
    }

    private void check(byte[] name, StatLine stat, byte @Nullable [] link) throws IOException {
        String of = " for " + RawBytes.show(name) + " " + stat;
        int kind = stat.mode() & TYPE_BITS;
        if ((stat.type() == 'D') != RawBytes.endsInSlash(name)) {
            throw wire.broken(22, "names of directories, and only those, end in a slash" + of);
        }
        boolean fits = switch (stat.type()) {
            case 'D' -> kind == DIRECTORY;
            case 'S' -> kind == SYMLINK;
            case 'E' -> kind == REGULAR && stat.sizeBytes() == 0;
            default -> kind != DIRECTORY && kind != 0 && (kind != SYMLINK || stat.type() == 'L');
        };
        if (!fits) {
            throw wire.broken(19, "the mode does not fit the letter" + of);
        }
        if (stat.type() == 'S' && (link == null || link.length == 0)) {
            throw wire.broken(19, "no LSTAT" + of);
        }
        if (link != null && stat.type() != 'S' && stat.type() != 'L') {
            throw wire.broken(19, "LSTAT" + of);
        }
        if (stat.type() == 'L' && !count.isLinkable(stat.linkIndex())) {
            throw wire.broken(19, "the index is none of a file of this job" + of);
        }
    }
}
