package io.stripeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.program.MountPoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest
    @CsvSource({
        "no,, ''",
        "yes,, 'no restore to /usr, /boot and /efi;'",
        "full,, 'no restore to /usr, /boot, /efi and /etc;'",
        "full, /etc/site, 'and /etc, except below /etc/site;'",
        "strict, /var, 'read-only but /dev, /proc and /sys, except below /var: no restore anywhere else'",
        "closed,, does not know"
    })
    void whatProtectSystemTakesAway(String value, @Nullable String writable, String lost) {
        Findings findings = new Findings();
        FileDaemonUnit.judge(
                FileDaemonUnit.parse(
                        "ProtectSystem=" + value + "\nReadWritePaths=" + (writable == null ? "" : writable) + "\n"),
                findings);
        assertThat(findings.missing()).isEqualTo(lost.isEmpty() ? List.of() : List.of("fd system"));
        assertThat(findings.text("fd system")).contains(lost);
    }

    @Test
    void selinuxDeniesByTheDomainAndByABoolean(@TempDir Path mount) throws Exception {
        Path label = mount.resolve("label");
        assertThat(SelinuxPolicy.read(mount, label)).isEqualTo(new SelinuxPolicy(false, false, ""));
        Files.writeString(mount.resolve("enforce"), "1");
        assertThat(missing(SelinuxPolicy.read(mount, label))).isTrue();
        Files.writeString(label, "system_u:system_r:unconfined_service_t:s0\n");
        assertThat(missing(SelinuxPolicy.read(mount, label))).isFalse();
        Files.writeString(label, "system_u:system_r:bacula_t:s0\n");
        assertThat(missing(SelinuxPolicy.read(mount, label))).isTrue();
        Files.createDirectory(mount.resolve("booleans"));
        Files.writeString(mount.resolve("booleans/deny_execmem"), "1 1");
        Files.writeString(label, "system_u:system_r:unconfined_service_t:s0\n");
        assertThat(missing(SelinuxPolicy.read(mount, label))).isTrue();
        Files.writeString(mount.resolve("enforce"), "0");
        assertThat(missing(SelinuxPolicy.read(mount, label))).isFalse();
    }

    private static boolean missing(SelinuxPolicy policy) {
        Findings findings = new Findings();
        policy.judge(findings);
        return findings.missing().contains("selinux");
    }

    @Test
    void librariesThatAreUnpackedNeedAMountThatAllowsExecution() {
        Properties java = new Properties();
        java.setProperty("java.io.tmpdir", "/tmp");
        assertThat(exec(java, "/tmp")).contains("exec");
        assertThat(exec(java, "/other")).isEmpty();
        java.setProperty("jffi.extract.dir", "/cache");
        java.setProperty("ZstdTempFolder", "/cache");
        assertThat(exec(java, "/tmp")).isEmpty();
        assertThat(exec(java, "/cache")).contains("exec");
        java.setProperty("jffi.boot.library.path", "/usr/lib/stripeline/native");
        java.setProperty("ZstdNativePath", "/usr/lib/stripeline/native/libzstd.so");
        assertThat(exec(java, "/cache")).isEmpty();
    }

    private static List<String> exec(Properties java, String noexec) {
        Findings findings = new Findings();
        ProcessLimits.unpacking(java, directory -> directory.equals(Path.of(noexec)), findings);
        return findings.missing();
    }

    @Test
    void theDropInIsEnoughForSixteenPluginLines() throws Exception {
        Findings findings = new Findings();
        FileDaemonUnit.judge(
                FileDaemonUnit.parse(Files.readString(Path.of("src/packaging/bacula-fd.service.conf"))), findings);
        assertThat(findings.missing()).isEmpty();
        assertThat(findings.text("fd tasks")).containsPattern("enough for (1[6-9]|[2-9][0-9]) Plugin lines");
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
