package io.stripeline.backend;

import io.stripeline.ptcomm.BackendUnderTest;
import io.stripeline.ptcomm.peer.BackendLink;
import io.stripeline.ptcomm.peer.ProcessLink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The backend as a process: its main behind the idiom of its launcher, which keeps the error stream open and silent. */
final class BackendProcess implements BackendUnderTest {
    private final Path log;

    /** @param log gets what the process prints */
    BackendProcess(Path log) {
        this.log = log;
    }

    @Override
    public boolean isProcess() {
        return true;
    }

    @Override
    public BackendLink start() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = List.of(
                "sh",
                "-c",
                "log=$1; shift; exec 9>&2 2>>\"$log\"; exec \"$@\"",
                "backend",
                log.toString(),
                java,
                "-Xmx96m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + log.getParent(),
                "-D" + PROGRESS + "=" + Integer.getInteger(PROGRESS, 600),
                "-cp",
                classPath,
                BackendMain.class.getName());
        return ProcessLink.start(command, 1, Map.of("LC_ALL", "C", "JAVA_TOOL_OPTIONS", "-Dnoise=yes"));
    }
}
