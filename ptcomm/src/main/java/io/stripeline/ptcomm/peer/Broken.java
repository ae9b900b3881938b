package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.peer.JobReport.Result;
import java.io.IOException;

/** The conversation cannot go on; what becomes of the job is said with it. */
final class Broken extends IOException {
    private static final long serialVersionUID = 1L;

    private final Result result;

    Broken(Result result, String message) {
        super(message);
        this.result = result;
    }

    Broken(Result result, String message, Throwable cause) {
        super(message, cause);
        this.result = result;
    }

    Result result() {
        return result;
    }
}
