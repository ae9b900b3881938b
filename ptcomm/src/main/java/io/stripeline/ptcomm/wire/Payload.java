package io.stripeline.ptcomm.wire;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Bytes that are taken from a pipe piece by piece: the payload of a packet, or the body of a record. Of one thread. */
public interface Payload {
    /** Bytes that were not taken yet. */
    int left();

    /** Moves bytes to {@code target}, as many as there are and there is room for. */
    void take(ByteBuffer target) throws IOException;

    /** All that is left. */
    default byte[] rest() throws IOException {
        byte[] payload = new byte[left()];
        take(ByteBuffer.wrap(payload));
        return payload;
    }
}
