package io.stripeline.backend;

import io.stripeline.posix.Pipes;
import io.stripeline.program.Version;
import io.stripeline.ptcomm.BackendSession;
import io.stripeline.ptcomm.Extensions;
import io.stripeline.ptcomm.wire.ProtocolException;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.time.Instant;
import reactor.core.publisher.Hooks;
import sun.misc.Signal;

/**
 * The process: streams, signals, exit status. Standard input and output are the protocol's; everything that anybody
 * prints goes to standard error, which the launcher has pointed to a log file.
 *
 * <p>SIGUSR1 is the plugin's way to cancel. Whatever hangs then, the process is gone within {@value #PATIENCE_SECONDS}
 * seconds; so it is when the plugin's end of the pipe is closed.
 */
public final class BackendMain {
    /** The plugin waits 10 s before it kills. */
    private static final int PATIENCE_SECONDS = 5;

    /** With a signature in bacula-fd 64 KiB of room cost a sixth of the rate; where the system refuses it is only slower. */
    private static final int PIPE_BYTES = 1 << 20;

    private BackendMain() {}

    public static void main(String[] args) {
        PrintStream log = System.err;
        System.setOut(log);
        if (args.length > 0) {
            log.println("stripeline-backend takes no arguments: bacula-fd's plugin starts it and talks to it. "
                    + Version.line());
            System.exit(2);
        }
        Cancel cancel = new Cancel(() -> haltLater(log));
        Signal.handle(new Signal("USR1"), signal -> cancel.raise());
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> unexpected(thread, failure, log));
        // what comes after the end of a stream, often by its cancel: told nowhere else
        Hooks.onErrorDropped(failure -> unexpected(Thread.currentThread(), failure, log));
        int status = 1;
        try (FileInputStream in = new FileInputStream(FileDescriptor.in);
                FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            status = run(in.getChannel(), out.getChannel(), cancel, log);
        } catch (IOException closing) {
            log.println(Instant.now() + " " + closing);
        }
        Runtime.getRuntime().halt(status);
    }

    private static void unexpected(Thread thread, Throwable failure, PrintStream log) {
        log.println(Instant.now() + " internal error on " + thread.getName());
        failure.printStackTrace(log);
        if (failure instanceof Error) {
            Runtime.getRuntime().halt(1); // the plugin sees the end of the stream and fails the job
        }
    }

    private static int run(FileChannel in, FileChannel out, Cancel cancel, PrintStream log) {
        Pipes.resize(0, PIPE_BYTES);
        Pipes.resize(1, PIPE_BYTES);
        return converse(in, out, cancel, () -> watch(cancel), log);
    }

    /**
     * One conversation; the exit status of the process. It is 0 wherever the plugin knows how the job ended: another one
     * would add a line to the job's log that tells less.
     *
     * @param begun run when the job is known
     */
    static int converse(
            ReadableByteChannel in, GatheringByteChannel out, Cancel cancel, Runnable begun, PrintStream log) {
        BackendSession session;
        cancel.also(() -> close(in, log)); // whoever waits for the plugin waits no more
        try {
            session = BackendSession.accept(in, out, Extensions.ALL);
        } catch (EOFException gone) {
            return 0; // the plugin has its reasons, and has told them in the job's log
        } catch (ProtocolException told) {
            log.println(Instant.now() + " " + told.getMessage());
            return 0;
        } catch (IOException failed) {
            return failed(failed, cancel, log);
        }
        session.whenGone(cancel::raise);
        session.whenStopped(cancel::stop);
        begun.run();
        try (session) {
            Jobs.run(session, cancel);
            return 0;
        } catch (EOFException gone) {
            return 0;
        } catch (IOException | RuntimeException | Error failed) {
            return session.isRefused() ? told(failed, log) : failed(failed, cancel, log);
        }
    }

    private static void close(ReadableByteChannel in, PrintStream log) {
        try {
            in.close();
        } catch (IOException failed) {
            log.println(Instant.now() + " " + failed);
        }
    }

    private static int told(Throwable failed, PrintStream log) {
        log.println(Instant.now() + " the job was refused");
        failed.printStackTrace(log);
        return 0;
    }

    private static int failed(Throwable failed, Cancel cancel, PrintStream log) {
        if (cancel.isRaised()) {
            return 0;
        }
        log.println(Instant.now() + " the job ended with an error");
        failed.printStackTrace(log);
        return 1;
    }

    /**
     * Looks after the plugin's end of the pipe once a second. Whoever reads sees its end as well, but not while it waits
     * for a filesystem that does not answer.
     */
    private static void watch(Cancel cancel) {
        daemon("stripeline-watch", () -> {
            for (int hungUp = 0; hungUp < 2; ) {
                sleep(1);
                hungUp = Pipes.isHungUp(0) ? hungUp + 1 : 0;
            }
            cancel.raise();
        });
    }

    private static void haltLater(PrintStream log) {
        daemon("stripeline-halt", () -> {
            sleep(PATIENCE_SECONDS);
            log.println(Instant.now() + " still busy " + PATIENCE_SECONDS + " s after the cancel, ending now");
            Runtime.getRuntime().halt(0);
        });
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void sleep(int seconds) {
        try {
            Thread.sleep(seconds * 1000L);
        } catch (InterruptedException sooner) {
            Thread.currentThread().interrupt(); // nobody interrupts these threads; if somebody does, it is over sooner
        }
    }
}
