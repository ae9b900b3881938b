package io.stripeline.cli;

/** What the process answers. 130 and 143, for SIGINT and SIGTERM, come from the JVM itself. */
final class ExitCode {
    static final int DONE = 0;

    /** Nothing may be relied on, or {@code check} found damage. */
    static final int FATAL = 1;

    static final int USAGE = 2;

    /** Done, but some files could not be read or written; each is named. */
    static final int INCOMPLETE = 3;

    private ExitCode() {}
}
