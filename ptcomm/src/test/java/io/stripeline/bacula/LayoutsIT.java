package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.striped.StripedDriver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Layouts travel in restore objects, in several where they are too many for one. */
final class LayoutsIT {
    private static final int FILES = 30;

    private static final String SCRIPT = """
            #!/bin/bash
            cd '%1$s' && paths=$(<classpath) && exec 2>/dev/null
            exec java -Xmx96m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 '-D%2$s=%3$s' \
              -cp "test-classes:classes:$paths" io.stripeline.backend.BackendMain
            """;

    private static BaculaLab lab;
    private static Path log;

    @BeforeAll
    static void up() throws Exception {
        lab = BaculaLab.up();
        log = lab.work().resolve("striped.log");
        Path script = lab.work().resolve("striped-backend");
        Files.writeString(
                script, String.format(SCRIPT, lab.checkout().resolve("ptcomm/target"), StripedDriver.LOG, log));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        lab.loadBackend(script);
    }

    @AfterAll
    static void restore() throws Exception {
        if (lab != null) {
            lab.loadBackend(null);
        }
    }

    /**
     * The core drops the Options of what stands behind a restore object in the same Include, until it is asked whether it
     * takes a name: the backend asks for each, so that nothing is lost, and nobody is warned.
     */
    @Test
    void optionsBehindARestoreObject() throws Exception {
        Path first = lab.tree("options-first");
        Path second = lab.tree("options-second");
        for (Path tree : List.of(first, second)) {
            Files.writeString(tree.resolve("file"), tree.toString());
        }
        lab.configure("options", String.format("""
                FileSet {
                  Name = options
                  Include {
                    Options { signature = MD5 }
                    Plugin = "stripeline: path=%1$s"
                    Plugin = "stripeline: path=%2$s"
                  }
                }
                FileSet {
                  Name = options-apart
                  Include {
                    Options { signature = MD5 }
                    Plugin = "stripeline: path=%1$s"
                  }
                  Include {
                    Options { signature = MD5 }
                    Plugin = "stripeline: path=%2$s"
                  }
                }
                Job { Name = options; JobDefs = LabBackup; FileSet = options }
                Job { Name = options-apart; JobDefs = LabBackup; FileSet = options-apart }
                """, first, second));
        for (String name : List.of("options", "options-apart")) {
            JobResult full = lab.run(name, "Full").good();
            assertThat(signed(full)).as(name).containsExactlyInAnyOrder(first + "/", second + "/");
            assertThat(full.log()).doesNotContain("Warning: stripeline");
            assertThat(lab.sql(
                                    "select count(*) from RestoreObject where ObjectName like 'stripeline-layouts.%' and JobId="
                                            + full.id())
                            .strip())
                    .isEqualTo("2");
        }
    }

    /** Directories of the files that have a signature in the catalog. */
    private static List<String> signed(JobResult job) throws Exception {
        return lab.sql("select Path from File join Path using (PathId) where Filename='file' and MD5<>'0' and JobId="
                        + job.id())
                .lines()
                .toList();
    }

    /** Files are longer than what is held of them, so they are announced before the attributes that come last. */
    @Test
    void moreThanOneObjectTakes() throws Exception {
        Path tree = lab.tree("layouts");
        byte[] content = new byte[3 << 20];
        new Random(1).nextBytes(content);
        for (int i = 0; i < FILES; i++) {
            Files.write(tree.resolve("f" + i), content);
        }
        lab.define("layouts", "stripeline: path=" + tree);
        JobResult full = lab.run("layouts", "Full").good();
        String[] objects = lab.sql("select count(*), sum(ObjectFullLength), max(ObjectFullLength) from RestoreObject"
                        + " where ObjectName like 'stripeline-layouts.%' and JobId=" + full.id())
                .strip()
                .split("\\|");
        assertThat(Integer.parseInt(objects[0])).isGreaterThan(2);
        assertThat(Long.parseLong(objects[1])).isGreaterThan(FILES * 60_000L);
        assertThat(Long.parseLong(objects[2])).isLessThan(512 << 10);
        Files.deleteIfExists(log);
        Path target = lab.target("layouts");
        lab.restore(List.of(full.id()), "where=" + target).good();
        lab.assertSame(tree, Path.of(target + "" + tree));
        assertThat(Files.readAllLines(log))
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, FILES)
                        .mapToObj(i -> "f" + i + " same")
                        .toList());
    }
}
