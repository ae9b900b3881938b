package io.stripeline.ptcomm.peer;

import io.stripeline.posix.PosixException;
import io.stripeline.posix.Processes;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A backend that is a process of its own, behind three pipes. */
public final class ProcessLink implements BackendLink {
    private static final int SIGUSR1 = 10;
    private static final int STDERR_KEPT = 64 << 10;

    private final Process process;
    private final StreamIn fromBackend;
    private final StreamOut toBackend;
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    private final Thread drain;
    private volatile boolean stderrEnded;

    private ProcessLink(Process process) {
        this.process = process;
        this.fromBackend = new StreamIn(process.getInputStream());
        this.toBackend = new StreamOut(process.getOutputStream());
        this.drain = new Thread(this::drain, "stripeline-peer-stderr");
        drain.setDaemon(true);
        drain.start();
    }

    /**
     * Starts it in the root directory, as bacula-fd does. Its pid, which gets the signal, is that of the command.
     *
     * @param environment added to that of this process
     */
    public static ProcessLink start(List<String> command, long jobId, Map<String, String> environment)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(new File("/"));
        builder.environment().put("BACULA_JOBID", Long.toString(jobId));
        builder.environment().putAll(environment);
        return new ProcessLink(builder.start());
    }

    /** The process, for example to look at its memory. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    private void drain() {
        byte[] buffer = new byte[4096];
        try (InputStream in = process.getErrorStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                stderr.write(buffer, 0, Math.min(n, STDERR_KEPT - stderr.size()));
            }
        } catch (IOException failed) {
            stderr.writeBytes(("(reading it failed: " + failed.getMessage() + ")").getBytes(StandardCharsets.UTF_8));
        }
        stderrEnded = true;
    }

    @Override
    public ReadableByteChannel fromBackend() {
        return fromBackend;
    }

    @Override
    public GatheringByteChannel toBackend() {
        return toBackend;
    }

    @Override
    public void cancel() {
        try {
            Processes.signal(Math.toIntExact(process.pid()), SIGUSR1);
        } catch (PosixException gone) {
            if (process.isAlive()) {
                throw gone;
            }
        }
    }

    @Override
    public boolean hasEndedEarly() {
        return stderrEnded || !process.isAlive();
    }

    @Override
    public void kill() {
        process.destroyForcibly();
    }

    @Override
    public Ending end(Duration linger, Duration kill) {
        toBackend.close();
        fromBackend.close();
        Ending.How how = Ending.How.BY_ITSELF;
        try {
            if (!process.waitFor(linger.toMillis(), TimeUnit.MILLISECONDS)) {
                how = Ending.How.TERMINATED;
                process.destroy();
                if (!process.waitFor(kill.toMillis(), TimeUnit.MILLISECONDS)) {
                    how = Ending.How.KILLED;
                    process.destroyForcibly();
                }
            }
            int status = process.waitFor();
            drain.join(kill.toMillis()); // a child that it left behind may hold the pipe for ever
            return new Ending(how, status, stderr.toString(StandardCharsets.UTF_8));
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            return new Ending(Ending.How.KILLED, -1, stderr.toString(StandardCharsets.UTF_8));
        }
    }
}
