package io.stripeline.ptcomm;

import io.stripeline.ptcomm.wire.PacketWriter;
import io.stripeline.ptcomm.wire.Status;
import java.io.IOException;
import java.util.ArrayDeque;

/**
 * Messages of a restore. A plugin that sends does not read: if the pipe to it were full by then, it would wait for the
 * backend to read, and the backend for it. So what comes up while it sends is held until its block has come.
 *
 * <p>Few are held: between two answers no more entries are in work than the writer takes at once. Not thread-safe.
 */
final class HeldMessages {
    private record Message(Status letter, byte[] text) {}

    /** What goes in front of an abort while the plugin may be sending: no pipe is too small for it. */
    private static final int ABORT_BYTES = 2 << 10;

    private final ArrayDeque<Message> held = new ArrayDeque<>();
    private boolean sending;

    /** Says it now, or with the next answer; of progress only the latest. An abort never waits. */
    void say(PacketWriter out, Status letter, byte[] text) throws IOException {
        if (!sending) {
            out.text(letter, text);
        } else if (letter == Status.ABORT) {
            abort(out, text);
        } else {
            if (letter == Status.INFO) {
                held.removeIf(one -> one.letter == Status.INFO);
            }
            held.add(new Message(letter, text));
        }
    }

    /** It is the plugin's turn. */
    void pluginSends() {
        sending = true;
    }

    /** The plugin waits for an answer, and reads messages until it comes. */
    void pluginWaits(PacketWriter out) throws IOException {
        sending = false;
        for (Message one = held.poll(); one != null; one = held.poll()) {
            out.text(one.letter, one.text);
        }
    }

    /** The last word of a job, behind as much of what is held as any pipe takes. */
    void abort(PacketWriter out, byte[] text) throws IOException {
        int room = ABORT_BYTES;
        for (Message one = held.poll(); one != null && one.text.length <= room; one = held.poll()) {
            room -= one.text.length;
            out.text(one.letter, one.text);
        }
        held.clear();
        out.text(Status.ABORT, text);
    }
}
