package io.stripeline.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Problem.Severity;
import io.stripeline.inode.RawPath;
import org.junit.jupiter.api.Test;

class ProblemsTest {
    private final Problems problems = new Problems();

    private void add(String cause, Severity severity, int times) {
        for (int i = 0; i < times; i++) {
            problems.add(new Problem(RawPath.of("f" + i), severity, cause, "f" + i + " failed"));
        }
    }

    @Test
    void anErrorOfACauseThatWasAWarningFirstIsAnError() {
        add("close: EIO", Severity.WARNING, 3);
        add("close: EIO", Severity.ERROR, 150);
        add("close: EIO", Severity.WARNING, 1);
        assertThat(problems.count(Severity.WARNING)).isEqualTo(4);
        assertThat(problems.count(Severity.ERROR)).isEqualTo(150);
        assertThat(problems.groups()).hasSize(2).allSatisfy(group -> {
            assertThat(group.cause()).isEqualTo("close: EIO");
            assertThat(group.first()).hasSize((int) Math.min(group.count(), Problems.KEPT_PER_CAUSE));
            assertThat(group.first()).allMatch(one -> one.severity() == group.severity());
        });
    }

    @Test
    void causesWithoutEndAreCountedWithTheirSeverityInBoundedMemory() {
        for (int i = 0; i < 5000; i++) {
            add("cause " + i, i % 2 == 0 ? Severity.WARNING : Severity.ERROR, 1);
        }
        assertThat(problems.count(Severity.WARNING)).isEqualTo(2500);
        assertThat(problems.count(Severity.ERROR)).isEqualTo(2500);
        assertThat(problems.groups()).hasSizeLessThan(210);
        assertThat(problems.groups().stream().filter(group -> group.cause().equals("other")))
                .extracting(Problems.Group::severity)
                .containsExactlyInAnyOrder(Severity.WARNING, Severity.ERROR);
        add("cause 0", Severity.WARNING, 1);
        assertThat(problems.groups().get(0).count()).isEqualTo(2);
    }
}
