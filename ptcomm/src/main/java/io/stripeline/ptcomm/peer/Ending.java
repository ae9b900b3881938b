package io.stripeline.ptcomm.peer;

/**
 * How a backend ended.
 *
 * @param how of itself or not
 * @param exitStatus of a process; 0 for a backend in this JVM that returned, 1 for one that threw
 * @param stderr what it wrote to its error stream, at most the first 64 KiB; a good backend writes nothing there. For a
 *     backend in this JVM what it threw
 */
public record Ending(How how, int exitStatus, String stderr) {
    /** What it took. */
    public enum How {
        BY_ITSELF,
        /** SIGTERM was needed. */
        TERMINATED,
        /** SIGKILL was needed. */
        KILLED,
        /** A backend in this JVM that runs on. */
        STILL_RUNNING
    }

    /** True for a backend that ended as it should. */
    public boolean isClean() {
        return how == How.BY_ITSELF && exitStatus == 0 && stderr.isEmpty();
    }
}
