package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.Cap;
import io.stripeline.ptcomm.Extensions;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.StatLine;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.ptcomm.wire.TimeLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/** Answers what a backend may ask between items. */
final class QuestionDesk {
    private static final String CHECK = "CHECK:";
    private static final String CHECKGET = "CHECKGET:";
    private static final String ACCEPT = "ACCEPT:";
    private static final String MANY = "X-ACCEPT";
    private static final int TYPE_BITS = 0170000;
    private static final int DIRECTORY = 0040000;

    private final Wire wire;
    private final Extensions agreed;
    private final boolean accurate;
    private final FileDaemon daemon;
    private final ItemCount count;

    QuestionDesk(Wire wire, Extensions agreed, boolean accurate, FileDaemon daemon, ItemCount count) {
        this.wire = wire;
        this.agreed = agreed;
        this.accurate = accurate;
        this.daemon = daemon;
        this.count = count;
    }

    boolean isAccurate() {
        return accurate;
    }

    boolean isQuestion(Packet packet) {
        return packet.startsWith(CHECK)
                || packet.startsWith(CHECKGET)
                || packet.startsWith(ACCEPT)
                || agreed.has(Cap.ACCEPT) && packet.is(MANY);
    }

    void answer(Packet packet) throws IOException {
        if (packet.is("FileIndex")) {
            wire.command(Long.toString(count.fileIndex()));
        } else if (packet.startsWith(CHECK)) {
            check(name(packet, CHECK));
        } else if (packet.startsWith(CHECKGET)) {
            checkGet(name(packet, CHECKGET));
        } else if (packet.startsWith(ACCEPT)) {
            byte[] name = name(packet, ACCEPT);
            StatLine stat = stat();
            HeadReader.times(wire, expect(TimeLine.KEYWORD));
            wire.command(accepts(name, stat.mode()) ? "OK" : "SKIP");
        } else {
            many();
        }
        wire.flush();
    }

    private byte[] name(Packet packet, String keyword) throws IOException {
        byte[] name = packet.after(keyword);
        if (name.length == 0) {
            throw wire.broken(18, "a question without a name");
        }
        return name;
    }

    private Packet expect(String keyword) throws IOException {
        Packet packet = wire.read(keyword + " of a question");
        if (!packet.startsWith(keyword)) {
            throw wire.broken(27, "behind the name of a question come STAT and TSTAMP");
        }
        return packet;
    }

    private StatLine stat() throws IOException {
        return HeadReader.stat(wire, expect(StatLine.KEYWORD));
    }

    private void accurateOnly(String what) throws IOException {
        if (!accurate) {
            throw wire.broken(27, what + " in a job that is not accurate");
        }
    }

    private void check(byte[] name) throws IOException {
        accurateOnly("CHECK");
        StatLine stat = stat();
        if ((stat.mode() & TYPE_BITS) == DIRECTORY || stat.type() == 'D' || RawBytes.endsInSlash(name)) {
            throw wire.broken(27, "CHECK of a directory kills the daemon");
        }
        TimeLine times = HeadReader.times(wire, expect(TimeLine.KEYWORD));
        FileDaemon.Known known = daemon.known(name);
        boolean same = known != null
                && known.stat().sizeBytes() == stat.sizeBytes()
                && known.times().mtime() == times.mtime()
                && known.times().ctime() == times.ctime();
        if (same) {
            daemon.seen(name);
        }
        wire.command(same ? "SEEN" : "OK");
    }

    private void checkGet(byte[] name) throws IOException {
        accurateOnly("CHECKGET");
        FileDaemon.Known known = daemon.known(name);
        if (known == null) {
            wire.command("UNAVAIL");
            return;
        }
        StatLine stat = known.stat();
        StatLine unknown = new StatLine('X', stat.sizeBytes(), stat.uid(), stat.gid(), stat.mode(), stat.nlink(), 0);
        wire.command(StatLine.KEYWORD + unknown + " 0");
        wire.command(TimeLine.KEYWORD + known.times());
    }

    /** As bacula-fd: it matches directories without their slash. */
    private boolean accepts(byte[] name, int mode) {
        byte[] bare = RawBytes.withoutSlashes(name);
        return daemon.accepts(bare.length == 0 ? new byte[] {'/'} : bare, mode);
    }

    /** One D packet with mode in octal, a blank, the name and a NUL for each; a byte for each is the answer. */
    private void many() throws IOException {
        Packet packet = wire.read("names of " + MANY);
        if (packet.status() != Status.DATA) {
            throw wire.broken(18, "behind " + MANY + " comes one D packet");
        }
        byte[] names = packet.payload();
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        for (int at = 0; at < names.length; ) {
            int blank = indexOf(names, ' ', at);
            int end = blank < 0 ? -1 : indexOf(names, 0, blank);
            if (blank <= at || blank - at > 7 || end <= blank + 1) {
                throw wire.broken(18, "a mode, a blank, a name and a NUL were expected at byte " + at);
            }
            int mode = 0;
            for (int i = at; i < blank; i++) {
                if (names[i] < '0' || names[i] > '7') {
                    throw wire.broken(18, "the mode at byte " + at + " is not octal");
                }
                mode = mode << 3 | names[i] - '0';
            }
            answers.write(accepts(Arrays.copyOfRange(names, blank + 1, end), mode) ? '1' : '0');
            at = end + 1;
        }
        wire.data(answers.toByteArray());
    }

    private static int indexOf(byte[] bytes, int what, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == what) {
                return i;
            }
        }
        return -1;
    }
}
