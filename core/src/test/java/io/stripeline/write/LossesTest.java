package io.stripeline.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Job;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import org.junit.jupiter.api.Test;

/** What ends one entry, and what ends the restore. */
class LossesTest {
    private final Job job = Job.start();
    private final Losses losses = new Losses(job, false);

    private boolean reported(int errno) {
        return losses.reported(RawPath.of("f"), new PosixException("write", errno, "f"));
    }

    @Test
    void aQuotaEndsTheEntryOnly() {
        assertThat(reported(Errno.EDQUOT)).isTrue();
        Report report = Report.of("", job);
        assertThat(report.get(Counter.FAILED)).isEqualTo(1);
        assertThat(report.problems().toString())
                .contains("write f: EDQUOT (Disk quota exceeded). Make room or raise the quota, then repeat.");
    }

    @Test
    void aFullFilesystemEndsTheRestoreAndIsToldOnce() {
        assertThat(reported(Errno.ENOSPC)).isFalse();
        assertThat(reported(Errno.ENOSPC)).isFalse();
        assertThat(Report.of("", job).problems().toString())
                .contains("cause=full: ENOSPC, severity=ERROR, count=1")
                .contains("f: the target has no room; the restore ends here. Directories that it made stay closed");
    }
}
