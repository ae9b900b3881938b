package io.stripeline.cli;

import io.stripeline.ptcomm.BackendUnderTest;
import io.stripeline.ptcomm.SessionConformance;
import io.stripeline.ptcomm.peer.BackendLink;
import io.stripeline.ptcomm.peer.ProcessLink;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The backend as it is installed, behind its launcher: nothing on standard error, signals and exit status its own. */
final class BackendLauncherConformanceIT extends SessionConformance {
    @Override
    protected BackendUnderTest backend() {
        return new BackendUnderTest() {
            @Override
            public boolean isProcess() {
                return true;
            }

            @Override
            public BackendLink start() throws IOException {
                String launcher = Launch.checkout()
                        .resolve("ptcomm/src/packaging/stripeline-backend")
                        .toAbsolutePath()
                        .toString();
                // as under systemd
                return ProcessLink.start(
                        List.of("env", "-u", "HOME", "-u", "LANG", "-u", "LC_ALL", "-u", "PATH", launcher),
                        1,
                        environment());
            }

            private Map<String, String> environment() {
                Map<String, String> out = new HashMap<>();
                out.put("STRIPELINE_LOG_DIR", work.resolve("log").toString());
                String seconds = System.getProperty(PROGRESS);
                if (seconds != null) {
                    out.put("STRIPELINE_BACKEND_JAVA_OPTS", "-D" + PROGRESS + "=" + seconds);
                }
                return out;
            }
        };
    }
}
