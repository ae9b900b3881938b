package io.stripeline.cli;

/** Which stripeline this is. */
final class Version {
    private Version() {}

    /** {@code stripeline 1.2.3}. */
    static String program() {
        String version = Version.class.getPackage().getImplementationVersion();
        return "stripeline " + (version == null ? "from class files" : version);
    }

    /** {@code stripeline 1.2.3 (Java 17.0.15)}. */
    static String line() {
        return program() + " (Java " + System.getProperty("java.version") + ")";
    }
}
