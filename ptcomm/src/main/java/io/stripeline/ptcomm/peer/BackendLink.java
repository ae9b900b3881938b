package io.stripeline.ptcomm.peer;

import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;

/** The way to a backend: its standard input and output, its signal, its end. One conversation long. */
public interface BackendLink {
    /** What the backend writes. Blocking. */
    ReadableByteChannel fromBackend();

    /** What the backend reads. Blocking. */
    GatheringByteChannel toBackend();

    /** What SIGUSR1 does to a process: the job was cancelled. Any thread. */
    void cancel();

    /** True where the backend has ended, or closed its error stream, though its input was still open. */
    boolean hasEndedEarly();

    /** Lets nobody wait any more: kills a process, closes channels. Any thread. */
    void kill();

    /**
     * Closes the plugin's ends and waits for the backend.
     *
     * @param linger what it gets to end by itself, then SIGTERM
     * @param kill from SIGTERM to SIGKILL
     */
    Ending end(Duration linger, Duration kill);
}
