package io.stripeline.cli;

import io.stripeline.program.Interrupt;
import io.stripeline.program.Version;
import reactor.core.publisher.Hooks;

/** The process: streams, signals, exit code. Everything else is in {@link Cli}, which tests call. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Console console = Console.ofProcess();
        if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
            // The parser of command lines is half of the time of this start.
            console.out().println(Version.line());
            console.out().flush();
            ArchiveRun.startInBackground();
            return;
        }
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> fatal(thread, failure, console));
        Hooks.onErrorDropped(failure -> dropped(failure, console));
        Interrupt interrupt = Interrupt.onSignals(console.err());
        int code = ExitCode.FATAL;
        try {
            code = Cli.run(args, console, interrupt);
        } finally {
            console.out().flush();
            if (console.out().checkError() && code == ExitCode.DONE) {
                console.err().println("stripeline: standard output could not be written to its end");
                code = ExitCode.FATAL;
            }
            interrupt.finished();
        }
        if (code == ExitCode.DONE) {
            ArchiveRun.startInBackground();
        }
        System.exit(code);
    }

    /** What comes after the end of a stream, often by its cancel, interests nobody, but for an Error. */
    private static void dropped(Throwable failure, Console console) {
        if (failure instanceof Error) {
            fatal(Thread.currentThread(), failure, console);
        }
    }

    /**
     * Reactor rethrows what it takes for fatal on the thread where it came up and tells nobody downstream: without
     * this the process would wait for ever.
     */
    private static void fatal(Thread thread, Throwable failure, Console console) {
        console.err().println("stripeline: internal error on " + thread.getName() + ": " + failure);
        failure.printStackTrace(console.err());
        if (failure instanceof Error) {
            Runtime.getRuntime().halt(ExitCode.FATAL);
        }
    }
}
