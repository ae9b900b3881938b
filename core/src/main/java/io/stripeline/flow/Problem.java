package io.stripeline.flow;

import io.stripeline.inode.RawPath;

/**
 * One thing that went wrong for one path.
 *
 * @param path where
 * @param severity whether data is missing or only something to know
 * @param cause groups problems of one kind, for example {@code open: EACCES}
 * @param message for people: operation, errno and what to do
 */
public record Problem(RawPath path, Severity severity, String cause, String message) {
    /** How bad a problem is. */
    public enum Severity {
        /** Data is complete; something about it is worth knowing: it changed while read, an owner was not set. */
        WARNING,
        /** Data of this path is missing from the destination. */
        ERROR
    }
}
