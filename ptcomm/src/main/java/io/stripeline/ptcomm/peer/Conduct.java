package io.stripeline.ptcomm.peer;

import java.time.Duration;

/**
 * How a plugin behaves towards its backend beyond the protocol: to see what a backend does with a peer that is slow, stops
 * reading, or goes away.
 *
 * @param pauseAfter packets of the backend before it stops reading for {@code pause}
 * @param pause zero for none
 * @param bytesPerSecond most that it reads; 0 for no limit
 * @param hangUpAfterReceiving packets after which all is closed; negative for never
 * @param hangUpWhileSending number (from 1) of the packet of its own of which only the first half is sent; 0 for none
 */
public record Conduct(
        long pauseAfter, Duration pause, long bytesPerSecond, long hangUpAfterReceiving, long hangUpWhileSending) {
    /** Reads at once and to the end. */
    public static final Conduct GOOD = new Conduct(0, Duration.ZERO, 0, -1, 0);

    /** Stops reading for a while. */
    public static Conduct pausing(long afterPackets, Duration pause) {
        return new Conduct(afterPackets, pause, 0, -1, 0);
    }

    /** Reads no faster than this. */
    public static Conduct slow(long bytesPerSecond) {
        return new Conduct(0, Duration.ZERO, bytesPerSecond, -1, 0);
    }

    /** Closes everything after so many packets of the backend; most often inside the next one. */
    public static Conduct hangingUpAfter(long packets) {
        return new Conduct(0, Duration.ZERO, 0, packets, 0);
    }

    /** Closes everything in the middle of its own packet of this number, counted from 1. */
    public static Conduct hangingUpInside(long ownPacket) {
        return new Conduct(0, Duration.ZERO, 0, -1, ownPacket);
    }
}
