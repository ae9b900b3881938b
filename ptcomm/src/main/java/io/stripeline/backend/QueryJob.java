package io.stripeline.backend;

import io.stripeline.FileSystemDriver;
import io.stripeline.program.Version;
import io.stripeline.ptcomm.BackendSession;
import java.io.IOException;
import java.util.List;

/** Answers the console's {@code .query}: what this backend is and can do. */
final class QueryJob {
    private static final List<String> KNOWN = List.of("version", "drivers", "keys");

    private final BackendSession session;

    QueryJob(BackendSession session) {
        this.session = session;
    }

    void run() throws IOException {
        String what = session.parameters().last("query").orElse("");
        List<String> lines = switch (what) {
            case "version" -> List.of("version=" + Version.program() + ",java=" + System.getProperty("java.version"));
            case "drivers" ->
                FileSystemDriver.all().stream()
                        .map(driver -> "driver=" + driver.name())
                        .toList();
            case "keys" -> Key.words().stream().map(word -> "key=" + word).toList();
            default -> List.of();
        };
        if (lines.isEmpty()) {
            throw new JobOptions.Bad("query " + what + " is unknown; expected one of " + String.join(", ", KNOWN));
        }
        session.ready();
        session.answer(lines);
        session.finish();
    }
}
