package io.stripeline.dedup.store;

/** Prune has given this session up because it did not renew itself in time; its roots are void. Start again. */
public final class SessionLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SessionLostException(String session) {
        super("Session " + session + " was given up by a prune because it was not renewed for 24 hours. Run again;"
                + " content that is stored already is not stored again.");
    }
}
