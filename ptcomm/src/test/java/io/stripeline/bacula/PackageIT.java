package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The package in the lab: installed, used, removed without a trace; for Debian's layout and for bacula.org's. */
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
        try {
            lab.inChroot("dpkg", "-i", deb);
            Path plugin = lab.seenByDaemons(Path.of("/usr/lib/bacula/stripeline-fd.so"));
            assertThat(other.resolve("stripeline-fd.so")).hasSameBinaryContentAs(plugin);
            assertThat(lab.inChroot("stripeline", "--version")).startsWith("stripeline 0.1.0");
            assertThat(lab.inChroot("ls", "/var/cache/stripeline")).contains(".classes");
            Path copy = directory.resolve("stripeline-fd.so");
            Files.copy(plugin, copy, StandardCopyOption.REPLACE_EXISTING);
            lab.load(copy, true);
            Path tree = lab.hostile("packaged");
            lab.define("packaged", "stripeline: path=" + tree);
            JobResult full = lab.run("packaged", "Full").good();
            Path target = lab.target("packaged");
            lab.restore(List.of(full.id()), "where=" + target).good();
            lab.assertSame(tree, Path.of(target + "" + tree));
            assertThat(lab.inChroot("ls", "/var/log/stripeline")).contains("backend.log");
        } finally {
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
}
