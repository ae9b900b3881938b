package io.stripeline.read;

import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import java.util.function.Supplier;

/**
 * Tries a call again where its errno says that it may succeed, a bounded number of times: EINTR at once; EAGAIN, EBUSY,
 * EMFILE, ENFILE and ENOMEM after a pause that doubles, since others give descriptors and memory back meanwhile; ESTALE once.
 * EIO never: a device that fails is not made better by more reads.
 *
 * <p>The bounds hold for all calls of one object together: one object a file or block.
 */
final class Retry {
    private static final int INTERRUPTIONS = 100;
    /** 1 + 2 + 4 ... 512 ms: one second in all. */
    private static final int PAUSES = 10;

    private final EntryTurn turn;
    private int interruptions;
    private int pauses;
    private boolean stale;

    Retry(EntryTurn turn) {
        this.turn = turn;
    }

    <T> T call(Supplier<T> call) {
        while (true) {
            try {
                return call.get();
            } catch (PosixException failed) {
                if (turn.isClosed() || !isWorthAnother(failed)) {
                    throw failed;
                }
            }
        }
    }

    private boolean isWorthAnother(PosixException failed) {
        return switch (failed.kind()) {
            case RETRY -> failed.errno() == Errno.EINTR ? interruptions++ < INTERRUPTIONS : hasPaused();
            case RETRY_ONCE -> isFirstStale();
            default -> false;
        };
    }

    private boolean hasPaused() {
        if (pauses >= PAUSES) {
            return false;
        }
        turn.pause(1L << pauses++);
        return true;
    }

    private boolean isFirstStale() {
        boolean first = !stale;
        stale = true;
        return first;
    }
}
