package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.Status;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The messages of a backend: the first of them, and how many there were. */
final class MessageLog {
    private final List<Message> kept = new ArrayList<>();
    private final Map<Status, Long> counts = new EnumMap<>(Status.class);

    void add(Packet packet) {
        counts.merge(packet.status(), 1L, Long::sum);
        if (kept.size() < JobReport.MESSAGES_KEPT) {
            kept.add(new Message(packet.status(), text(packet)));
        }
    }

    static String text(Packet packet) {
        return new String(packet.command(), StandardCharsets.UTF_8);
    }

    /** A line of this side. */
    void note(String text) {
        kept.add(new Message(Status.WARNING, text));
    }

    boolean hasErrors() {
        return counts.containsKey(Status.FILE_ERROR);
    }

    List<Message> kept() {
        return List.copyOf(kept);
    }

    Map<Status, Long> counts() {
        return Map.copyOf(counts);
    }
}
