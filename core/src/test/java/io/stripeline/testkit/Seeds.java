package io.stripeline.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A property test: runs {@code n} times with a {@link java.util.SplittableRandom} parameter, each of another seed. The
 * seeds are the same in every run, so that what fails here fails there; the name of the failing invocation and a line
 * on standard output carry the seed, and {@code -Dstripeline.seed=0x1234} runs that one alone. {@code
 * -Dstripeline.seeds.factor=10} takes ten times as many.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(SeedsExtension.class)
public @interface Seeds {
    /** How many seeds. */
    int value();
}
