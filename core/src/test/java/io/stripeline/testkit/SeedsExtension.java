package io.stripeline.testkit;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.opentest4j.TestAbortedException;

/** One invocation per seed. */
final class SeedsExtension implements TestTemplateInvocationContextProvider {
    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return context.getRequiredTestMethod().isAnnotationPresent(Seeds.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        String only = System.getProperty("stripeline.seed");
        if (only != null) {
            return Stream.of(new Invocation(Long.decode(only)));
        }
        String method = context.getRequiredTestClass().getName() + "#"
                + context.getRequiredTestMethod().getName();
        int count = context.getRequiredTestMethod().getAnnotation(Seeds.class).value()
                * Integer.getInteger("stripeline.seeds.factor", 1);
        SplittableRandom seeds = new SplittableRandom(method.hashCode());
        return LongStream.range(0, count).mapToObj(i -> new Invocation(seeds.nextInt() & 0xFFFFFFFFL));
    }

    private record Invocation(long seed)
            implements TestTemplateInvocationContext, ParameterResolver, TestExecutionExceptionHandler {
        @Override
        public String getDisplayName(int index) {
            return "seed 0x" + Long.toHexString(seed);
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(this);
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == SplittableRandom.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return new SplittableRandom(seed);
        }

        @Override
        public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
            if (failure instanceof TestAbortedException) {
                throw failure;
            }
            System.out.println("FAILED with seed: repeat with -Dtest="
                    + context.getRequiredTestClass().getSimpleName() + "#"
                    + context.getRequiredTestMethod().getName() + " -Dsurefire.args=-Dstripeline.seed=0x"
                    + Long.toHexString(seed));
            throw failure;
        }
    }
}
