package io.stripeline.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where a verb speaks.
 *
 * @param out reports and listings; buffered, flushed when the verb ends
 * @param err everything else
 * @param terminal {@code err} is a terminal: progress may redraw its line
 */
record Console(PrintStream out, PrintStream err, boolean terminal) {
    private static final int BUFFER_BYTES = 64 << 10; // a listing of a million lines is not a million writes

    /**
     * The process's own streams. From now on {@code System.out} leads to standard error, so that no library can write
     * into a report.
     */
    static Console ofProcess() {
        PrintStream out = new PrintStream(
                new java.io.BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES),
                false,
                StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.setErr(err);
        System.setOut(err);
        // Only the launcher can tell cheaply: java.io.Console looks at standard input and output.
        return new Console(out, err, Boolean.getBoolean("stripeline.terminal"));
    }
}
