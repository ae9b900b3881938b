package io.stripeline.dedup.store;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a store has to say beside its answers: another copy had to be read, an index file had to be done without. Each
 * message is told once. Thread-safe.
 */
public final class Notices {
    /** What is remembered as told already, and what waits for a listener: damage may have no end. */
    private static final int KEPT = 1000;

    /** Takes a message for people, with a cause that groups messages of one kind. */
    public interface Listener {
        void notice(String cause, String message);
    }

    private record Notice(String cause, String message) {}

    private final Set<Notice> told = new HashSet<>();
    private final List<Notice> waiting = new ArrayList<>();
    private @Nullable Listener listener;

    Notices() {}

    /** Who is told from now on, in place of who was told before; what waits comes at once. */
    public synchronized void listener(Listener next) {
        listener = next;
        waiting.forEach(notice -> next.notice(notice.cause, notice.message));
        waiting.clear();
    }

    synchronized void tell(String cause, String message) {
        Notice notice = new Notice(cause, message);
        if (told.size() < KEPT && !told.add(notice)) {
            return;
        }
        Listener to = listener;
        if (to != null) {
            to.notice(cause, message);
        } else if (waiting.size() < KEPT) {
            waiting.add(notice);
        }
    }
}
