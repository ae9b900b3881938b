package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The package in the lab: installed, used, removed, purged without a trace. It is the copy for bacula.org's layout that is
 * loaded, from where it is; the one for Debian's has the same bytes.
 */
final class PackageIT {
    @Test
    void installedUsedAndPurged() throws Exception {
        BaculaLab lab = BaculaLab.up();
        Path directory = lab.tree("package");
        String deb = lab.run(
                        List.of(
                                lab.checkout()
                                        .resolve("ptcomm/src/packaging/build-deb")
                                        .toString(),
                                directory.toString()),
                        "")
                .strip();
        Path other = lab.seenByDaemons(Path.of("/opt/bacula/plugins"));
        boolean made = !Files.exists(other);
        Files.createDirectories(other);
        Path daemon = lab.work().resolve("etc/bacula-fd.conf");
        String before = Files.readString(daemon);
        Path settings = lab.seenByDaemons(Path.of("/etc/stripeline/stripeline.toml"));
        try {
            lab.inChroot("dpkg", "-i", deb);
            Path plugin = lab.seenByDaemons(Path.of("/usr/lib/bacula/stripeline-fd.so"));
            assertThat(other.resolve("stripeline-fd.so")).hasSameBinaryContentAs(plugin);
            assertThat(lab.inChroot("stripeline", "--version")).startsWith("stripeline 0.1.0");
            assertThat(lab.inChroot("ls", "/var/cache/stripeline")).contains(".classes");
            Files.writeString(
                    daemon, before.replaceFirst("Plugin Directory = .*", "Plugin Directory = \"/opt/bacula/plugins\""));
            lab.load(lab.plugin(), true);
            assertThat(loaded(lab)).isEqualTo(other.resolve("stripeline-fd.so"));
            Files.writeString(settings, "# of this site\n", StandardOpenOption.APPEND);
            Path tree = lab.hostile("packaged");
            lab.define("packaged", "stripeline: path=" + tree);
            JobResult full = lab.run("packaged", "Full").good();
            Path target = lab.target("packaged");
            lab.restore(List.of(full.id()), "where=" + target).good();
            lab.assertSame(tree, Path.of(target + "" + tree));
            assertThat(lab.inChroot("ls", "/var/log/stripeline")).contains("backend.log");
            assertThat(lab.inChroot("dpkg", "-r", "stripeline")).doesNotContain("warning");
            assertThat(settings).content().endsWith("# of this site\n");
            assertThat(List.of(
                            plugin,
                            other.resolve("stripeline-fd.so"),
                            lab.seenByDaemons(Path.of("/usr/bin/stripeline"))))
                    .noneMatch(Files::exists);
        } finally {
            Files.writeString(daemon, before);
            lab.load(lab.plugin(), false);
            lab.inChroot("dpkg", "--purge", "stripeline");
            assertThat(Files.exists(other.resolve("stripeline-fd.so"))).isFalse();
            if (made) {
                Files.delete(other);
            }
        }
        assertThat(lab.inChroot("find", "/etc", "/usr", "/var", "-xdev", "-iname", "*stripeline*"))
                .isEmpty();
    }

    /** The plugin that the File daemon has mapped, as the host sees it. */
    private static Path loaded(BaculaLab lab) throws Exception {
        return Files.readAllLines(Path.of("/proc/" + lab.daemon("bacula-fd").pid() + "/maps")).stream()
                .filter(line -> line.endsWith("/stripeline-fd.so"))
                .map(line -> Path.of(line.substring(line.indexOf('/'))))
                .findFirst()
                .orElseThrow();
    }
}
