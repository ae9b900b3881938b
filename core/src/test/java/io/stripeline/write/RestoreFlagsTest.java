package io.stripeline.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.inode.Attributes;
import io.stripeline.posix.InodeFlags;
import io.stripeline.testkit.DiskFacts;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An inode flag that the target does not take is told, whether it says so or drops it. */
class RestoreFlagsTest {
    /** FS_VERITY_FL of linux/fs.h: nobody takes it by FS_IOC_SETFLAGS; ext4 answers that all went well. */
    private static final int VERITY = 0x100000;

    @TempDir
    Path work;

    private Report restore(int flags) {
        return new Target(work, true)
                .restore(new Items()
                        .with(new Attributes(new byte[0], List.of(), flags, 0, null))
                        .file("f", "content"));
    }

    @Test
    void oneThatIsDroppedSilentlyIsTold() {
        Report report = restore(VERITY);
        assertThat(report.get(Counter.FAILED)).isZero();
        assertThat(report.problems()).hasSize(1);
        assertThat(report.problems().toString()).contains("f: inode flag").contains("severity=WARNING, count=1");
        assertThat(work.resolve("f")).hasContent("content");
    }

    @Test
    void noCopyOnWriteIsThereOrTold() throws Exception {
        Report report = restore(InodeFlags.FS_NOCOW_FL);
        assertThat(work.resolve("f")).hasContent("content");
        boolean has = (DiskFacts.of(work).get("f").flags() & InodeFlags.FS_NOCOW_FL) != 0;
        assertThat(report.problems()).hasSize(has ? 0 : 1);
    }
}
