package io.stripeline.testkit;

import java.util.ArrayList;
import java.util.List;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs a test class within a test, or as the main of a child JVM, and tells how it went. */
public final class RunClass {
    /**
     * How a class went.
     *
     * @param failed a line with the reason each
     * @param skipped a line with the reason each
     */
    public record Result(int succeeded, List<String> failed, List<String> skipped) {}

    private RunClass() {}

    public static Result run(Class<?> testClass) {
        return run(DiscoverySelectors.selectClass(testClass));
    }

    /** One test method, without parameters, of a class. */
    public static Result run(Class<?> testClass, String method) {
        return run(DiscoverySelectors.selectMethod(testClass, method));
    }

    private static Result run(DiscoverySelector what) {
        Launcher launcher = LauncherFactory.create(LauncherConfig.builder()
                .enableTestExecutionListenerAutoRegistration(false)
                .build());
        Counter counter = new Counter();
        launcher.execute(
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(what)
                        .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
                        .build(),
                counter);
        return new Result(counter.succeeded, counter.failed, counter.skipped);
    }

    private static final class Counter implements TestExecutionListener {
        private int succeeded;
        private final List<String> failed = new ArrayList<>();
        private final List<String> skipped = new ArrayList<>();

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            skipped.add(test.getDisplayName() + ": " + reason);
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            String why = test.getDisplayName() + ": "
                    + result.getThrowable().map(Throwable::toString).orElse("");
            switch (result.getStatus()) {
                case SUCCESSFUL -> succeeded += test.isTest() ? 1 : 0;
                case ABORTED -> skipped.add(why);
                default -> failed.add(why);
            }
        }
    }

    /** Class name; exits 0 where every test that was not skipped succeeded and at least one did. */
    public static void main(String[] args) throws ClassNotFoundException {
        Result result = run(Class.forName(args[0]));
        result.skipped.forEach(line -> System.out.println("SKIPPED " + line));
        result.failed.forEach(line -> System.out.println("FAILED " + line));
        System.out.println(args[0] + ": " + result.succeeded + " succeeded, " + result.failed.size() + " failed, "
                + result.skipped.size() + " skipped");
        System.exit(result.failed.isEmpty() && result.succeeded > 0 ? 0 : 1);
    }
}
