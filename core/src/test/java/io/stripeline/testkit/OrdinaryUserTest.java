package io.stripeline.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.Processes;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cases of an ordinary user run as one, and their failures come through. */
class OrdinaryUserTest {
    static class Cases {
        @TempDir
        Path dir;

        @Test
        void isNoRootAndIsDenied() {
            assertThat(Processes.isRoot()).isFalse();
            DiskTree.create(dir, Tree.root(Tree.file("f", 1).mode(0)));
            assertThatThrownBy(() -> DiskFacts.of(dir))
                    .isInstanceOfSatisfying(
                            PosixException.class,
                            denied -> assertThat(denied.errno()).isEqualTo(Errno.EACCES));
        }
    }

    static class Failing {
        @Test
        void fails() {
            assertThat(Processes.isRoot()).as("is root").isTrue();
        }
    }

    @Test
    void casesRunAsAUser() throws Exception {
        OrdinaryUser.run(Cases.class);
    }

    @Test
    void aFailureOfACaseIsAFailure() {
        assertThatThrownBy(() -> OrdinaryUser.run(Failing.class)).hasMessageContaining("is root");
    }
}
