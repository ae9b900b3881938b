package io.stripeline.testkit;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.MethodCallTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Calls of Reactor that the house does without, as predicates over byte code. */
final class ReactorCalls {
    private static final Set<String> STREAMS = Set.of(
            "reactor.core.publisher.Flux",
            "reactor.core.publisher.Mono",
            "reactor.core.publisher.ParallelFlux",
            "reactor.core.publisher.ConnectableFlux",
            "reactor.core.publisher.GroupedFlux");

    private static final Set<String> ENDS = Set.of(
            "subscribe", "block", "blockOptional", "blockFirst", "blockLast", "toIterable", "toStream", "toFuture");

    /** How many numbers the full form of an operator has. */
    private static final Map<String, Integer> NUMBERS = Map.ofEntries(
            Map.entry("flatMap", 2),
            Map.entry("flatMapDelayError", 2),
            Map.entry("flatMapSequential", 2),
            Map.entry("flatMapSequentialDelayError", 2),
            Map.entry("flatMapIterable", 1),
            Map.entry("concatMap", 1),
            Map.entry("concatMapDelayError", 1),
            Map.entry("concatMapIterable", 1),
            Map.entry("publishOn", 1),
            Map.entry("runOn", 1),
            Map.entry("parallel", 2),
            Map.entry("buffer", 1),
            Map.entry("bufferTimeout", 1),
            Map.entry("groupBy", 1),
            Map.entry("onBackpressureBuffer", 1),
            Map.entry("merge", 1),
            Map.entry("mergeSequential", 2),
            Map.entry("publish", 1),
            Map.entry("replay", 1),
            Map.entry("cache", 1),
            Map.entry("window", 1));

    private ReactorCalls() {}

    private static DescribedPredicate<JavaMethodCall> call(String what, Predicate<MethodCallTarget> which) {
        return DescribedPredicate.describe(what, call -> which.test(call.getTarget()));
    }

    private static boolean isFlux(MethodCallTarget target) {
        String owner = target.getOwner().getName();
        return STREAMS.contains(owner) && !owner.endsWith(".Mono");
    }

    private static long numbers(MethodCallTarget target) {
        return target.getRawParameterTypes().stream()
                .filter(type -> type.getName().equals("int"))
                .count();
    }

    static DescribedPredicate<JavaMethodCall> endTheStream() {
        return call(
                "block or subscribe",
                target -> STREAMS.contains(target.getOwner().getName()) && ENDS.contains(target.getName()));
    }

    static DescribedPredicate<JavaMethodCall> leaveOutTheirNumbers() {
        return call(
                "an operator without its numbers",
                target -> (isFlux(target) && numbers(target) < NUMBERS.getOrDefault(target.getName(), 0))
                        || (target.getOwner().getName().startsWith("reactor.core.publisher.Sinks")
                                && target.getName().equals("onBackpressureBuffer")
                                && target.getRawParameterTypes().isEmpty()));
    }

    static DescribedPredicate<JavaMethodCall> useGlobalSchedulers() {
        return call("a global scheduler", target -> {
            String owner = target.getOwner().getName();
            List<String> types = target.getRawParameterTypes().stream()
                    .map(JavaClass::getName)
                    .toList();
            boolean timedWithoutScheduler = STREAMS.contains(owner)
                    && types.contains("java.time.Duration")
                    && !types.contains("reactor.core.scheduler.Scheduler")
                    && !ENDS.contains(target.getName());
            return timedWithoutScheduler
                    || (owner.equals("reactor.core.scheduler.Schedulers")
                            && Set.of("boundedElastic", "parallel", "single").contains(target.getName()));
        });
    }
}
