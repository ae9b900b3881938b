package io.stripeline.ptcomm.wire;

/** The peer sent what the protocol does not allow. The message names the packet and what was expected. */
public final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ProtocolException(String message) {
        super(message);
    }
}
