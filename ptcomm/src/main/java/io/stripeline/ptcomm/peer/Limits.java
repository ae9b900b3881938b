package io.stripeline.ptcomm.peer;

import java.time.Duration;

/**
 * How long a plugin waits.
 *
 * @param silence for a packet
 * @param linger for the end of the backend after a good session
 * @param abort for its end after a failed or cancelled one, and for the end of its output after a cancel
 * @param kill from SIGTERM to SIGKILL
 */
public record Limits(Duration silence, Duration linger, Duration abort, Duration kill) {
    /** As our File Daemon plugin. */
    public static final Limits STANDARD =
            new Limits(Duration.ofHours(1), Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofSeconds(10));

    /** For tests: what hangs is found within a minute, and a slow machine has time enough. */
    public static final Limits SHORT =
            new Limits(Duration.ofSeconds(60), Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ofSeconds(5));
}
