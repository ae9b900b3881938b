package io.stripeline.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.testkit.Faults.Call;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Rules act on the calls they name, so many times, in order. */
class FaultsTest {
    @Test
    void theNthCallOfAPathFailsAndNoOther() {
        Faults faults = new Faults().on(Call.OPEN, "a").nth(2).fail(Errno.EIO);
        faults.before(Call.OPEN, "a");
        faults.before(Call.OPEN, "b");
        faults.before(Call.READ, "a");
        assertThatThrownBy(() -> faults.before(Call.OPEN, "a"))
                .isInstanceOf(PosixException.class)
                .hasMessageContaining("open a: EIO");
        faults.before(Call.OPEN, "a");
        assertThat(faults.count(Call.OPEN)).isEqualTo(4);
    }

    @Test
    void shortReadsAndThingsToRunFirstAddUp() {
        AtomicInteger ran = new AtomicInteger();
        Faults faults = new Faults()
                .on(Call.READ)
                .always()
                .shortRead(7)
                .on(Call.READ)
                .nth(2)
                .times(2)
                .run(ran::incrementAndGet);
        for (int i = 0; i < 5; i++) {
            assertThat(faults.before(Call.READ, "x")).isEqualTo(7);
        }
        assertThat(ran).hasValue(2);
    }
}
