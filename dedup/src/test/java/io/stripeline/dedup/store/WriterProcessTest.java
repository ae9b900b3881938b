package io.stripeline.dedup.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stripeline.posix.Processes;
import io.stripeline.testkit.OrdinaryUser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where it cannot be told whether a writer is at work, it is. */
@Timeout(120)
class WriterProcessTest {
    @TempDir
    Path proc;

    private Process writer;
    private String named;

    @BeforeEach
    void begin() throws Exception {
        writer = new ProcessBuilder("sleep", "600").start();
        named = WriterProcess.of(writer.pid());
        proc(Processes.pid());
    }

    @AfterEach
    void end() throws Exception {
        writer.destroyForcibly().waitFor();
    }

    /** A proc(5) that has nobody but {@code self}. */
    private void proc(long self) throws Exception {
        String[] words = named.split(" ");
        Path random = Files.createDirectories(proc.resolve("sys/kernel/random"));
        Files.writeString(random.resolve("boot_id"), words[0] + "\n");
        Path namespaces = Files.createDirectories(proc.resolve(self + "/ns"));
        Files.createSymbolicLink(namespaces.resolve("pid"), Path.of(words[1]));
        Files.createSymbolicLink(proc.resolve("self"), Path.of(String.valueOf(self)));
    }

    private void planted(String begun) throws Exception {
        Path stat = Files.createDirectories(proc.resolve(String.valueOf(writer.pid())))
                .resolve("stat");
        Files.writeString(stat, writer.pid() + " (a) b) S" + " 0".repeat(18) + " " + begun + " 0");
    }

    @Test
    void whatIsHiddenIsAtWorkUntilTheKernelHasNoSuchProcess() throws Exception {
        assertThat(WriterProcess.isGone(named, proc)).isFalse();
        writer.destroyForcibly().waitFor();
        assertThat(WriterProcess.isGone(named, proc)).isTrue();
    }

    @Test
    void aNumberThatIsAnotherProcessesNowIsNot() throws Exception {
        planted(named.split(" ")[3]);
        assertThat(WriterProcess.isGone(named, proc)).isFalse();
        planted("1");
        assertThat(WriterProcess.isGone(named, proc)).isTrue();
    }

    @Test
    void whatCannotBeReadIsAtWork() throws Exception {
        Files.createDirectories(proc.resolve(writer.pid() + "/stat"));
        writer.destroyForcibly().waitFor();
        assertThat(WriterProcess.isGone(named, proc)).isFalse();
    }

    @Test
    void aProcOfAnotherNamespaceTellsNothing() throws Exception {
        planted("1");
        Files.delete(proc.resolve("self"));
        Files.createSymbolicLink(proc.resolve("self"), Path.of("1"));
        Files.createSymbolicLink(Files.createDirectories(proc.resolve("1/ns")).resolve("pid"), Path.of("pid:[1]"));
        assertThat(WriterProcess.isGone(named, proc)).isFalse();
    }

    @Test
    void withoutProcNothingIsKnown() throws Exception {
        writer.destroyForcibly().waitFor();
        assertThat(WriterProcess.isGone(named, proc.resolve("none"))).isFalse();
    }

    /** As a user who sees no process of others. */
    static class Hidden {
        @Test
        void anotherUsersProcessIsAtWork() throws Exception {
            assumeTrue(Files.notExists(Path.of("/proc/1/stat")), "this kernel hides no process");
            String[] own = WriterProcess.own().split(" ");
            assertThat(own).hasSize(4);
            String where = own[0] + " " + own[1] + " ";
            assertThat(WriterProcess.isGone(where + "1 0")).isFalse();
            Process ended = new ProcessBuilder("true").start();
            ended.waitFor();
            assertThat(WriterProcess.isGone(where + ended.pid() + " 0")).isTrue();
        }
    }

    @Test
    void anotherUsersProcessIsAtWork() throws Exception {
        String mount = "mount -t proc -o hidepid=2 proc /proc; exec \"$@\"";
        OrdinaryUser.runBehind(List.of("unshare", "--mount", "sh", "-c", mount, "sh"), Hidden.class);
    }
}
