package io.stripeline.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the launcher as a user does, in a directory, with an environment; waits for its end. */
record Launch(int code, String out, String err) {
    private static final long LIMIT_SECONDS = 120;

    /** The root of this checkout. */
    static Path checkout() {
        return Path.of("").toAbsolutePath().getParent();
    }

    static Launch run(Path directory, Map<String, String> environment, Object... words)
            throws IOException, InterruptedException {
        List<String> line = new ArrayList<>();
        for (Object word : words) {
            line.add(word.toString());
        }
        ProcessBuilder process = new ProcessBuilder(line).directory(directory.toFile());
        process.environment().remove("STRIPELINE_JAVA_OPTS");
        process.environment().remove("JAVA_TOOL_OPTIONS");
        process.environment().put("JAVA_HOME", System.getProperty("java.home"));
        process.environment().putAll(environment);
        Path out = Files.createTempFile("stripeline-test-", ".out");
        Path err = Files.createTempFile("stripeline-test-", ".err");
        try {
            Process running = process.redirectInput(new File("/dev/null"))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!running.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                running.destroyForcibly().waitFor();
                throw new AssertionError("Still running after " + LIMIT_SECONDS + " s: " + line);
            }
            return new Launch(
                    running.exitValue(),
                    Files.readString(out, StandardCharsets.UTF_8),
                    Files.readString(err, StandardCharsets.UTF_8));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}
