package io.stripeline.cli;

import picocli.CommandLine.Option;

/** Options that every verb has. */
final class Common {
    @Option(names = "--json", description = "Report as JSON on standard output.")
    boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Show no progress.")
    boolean quiet;

    @Option(names = "--debug", description = "Show the stack trace of a failure.")
    boolean debug;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    /** Without progress: for a verb that counts nothing while it works. */
    Common silent() {
        quiet = true;
        return this;
    }
}
