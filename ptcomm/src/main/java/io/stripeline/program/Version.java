package io.stripeline.program;

/** Which stripeline this is. */
public final class Version {
    private Version() {}

    /** {@code stripeline 1.2.3}. */
    public static String program() {
        String version = Version.class.getPackage().getImplementationVersion();
        return "stripeline " + (version == null ? "from class files" : version);
    }

    /** {@code stripeline 1.2.3 (Java 17.0.15)}. */
    public static String line() {
        return program() + " (Java " + System.getProperty("java.version") + ")";
    }
}
