package io.stripeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DoctorFactsTest {
    private static final List<String> MOUNTS = List.of(
            "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro",
            "30 22 0:40 / /lustre rw,noatime - lustre 10.0.0.1@tcp:/scratch rw,flock",
            "31 22 0:41 / /with\\040blank ro,nodev shared:3 master:1 - nfs4 srv:/x rw,vers=4.2",
            "32 30 0:42 / /lustre rw - tmpfs over rw");

    @Test
    void theLongestMountPointHoldsAPath() {
        MountPoint blank = MountPoint.find(Path.of("/with blank/dir"), MOUNTS);
        assertThat(blank.type()).isEqualTo("nfs4");
        assertThat(blank.options()).contains("ro", "nodev", "vers=4.2");
        assertThat(MountPoint.find(Path.of("/with"), MOUNTS).type()).isEqualTo("ext4");
    }

    @Test
    void theLastMountOnAPointIsOnTop() {
        assertThat(MountPoint.find(Path.of("/lustre/a"), MOUNTS).type()).isEqualTo("tmpfs");
    }

    @Test
    void privilegesAreReadFromStatus() {
        Privileges user = Privileges.parse(List.of("Name:\tx", "Uid:\t0\t1000\t0\t1000", "CapEff:\t0000000000000004"));
        assertThat(user.uid()).isEqualTo(1000);
        assertThat(user.has(Privileges.DAC_READ_SEARCH)).isTrue();
        assertThat(user.has(Privileges.CHOWN)).isFalse();
    }

    @Test
    void openFileLimitIsTheSoftOne() {
        String line = "Max open files            1024                 524288               files     ";
        assertThat(ProcessLimits.openFiles(List.of("Limit", line))).isEqualTo(1024);
        assertThat(ProcessLimits.openFiles(List.of())).isZero();
    }

    @Test
    void aHardenedFileDaemonIsToldFromAPlainOne() {
        Findings plain = new Findings();
        FileDaemonUnit.judge(
                FileDaemonUnit.parse("MemoryDenyWriteExecute=no\nProtectSystem=no\nProtectHome=no\nPrivateNetwork=no\n"
                        + "PrivateDevices=no\nMemoryMax=infinity\nTasksMax=4915\nLoadState=loaded\n"),
                plain);
        assertThat(plain.missing()).isEmpty();

        Findings hardened = new Findings();
        FileDaemonUnit.judge(
                FileDaemonUnit.parse(
                        "MemoryDenyWriteExecute=yes\nProtectSystem=strict\nProtectHome=read-only\nPrivateNetwork=yes\n"
                                + "PrivateDevices=yes\nMemoryMax=134217728\nTasksMax=64\n"),
                hardened);
        assertThat(hardened.missing())
                .containsExactly("fd jit", "fd system", "fd home", "fd network", "fd devices", "fd memory", "fd tasks");
    }
}
