package io.stripeline.cli;

import io.stripeline.Capabilities;
import io.stripeline.FileSystemDriver;
import io.stripeline.Volume;
import io.stripeline.inode.RawPath;
import io.stripeline.program.Interrupt;
import io.stripeline.program.MountPoint;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "doctor",
        description = "Tell what this mount and this user can and cannot do; changes nothing.",
        footerHeading = "%nExample:%n",
        footer = "  stripeline doctor /lustre/scratch")
final class DoctorCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "PATH", description = "Directory to look at.")
    private Path root = Path.of("");

    @Mixin
    private final Common common = new Common();

    DoctorCommand(Console console, Interrupt interrupt) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (Volume volume = Trees.open(root)) {
            look(volume).print(console, common.json);
        }
        return ExitCode.DONE;
    }

    private Findings look(Volume volume) {
        Findings findings = new Findings();
        MountPoint mount = MountPoint.of(root);
        findings.ok("filesystem", mount.type() + " from " + mount.source() + " on " + mount.where());
        findings.check(
                "writable",
                !mount.options().contains("ro"),
                "mounted read-write",
                "mounted read-only: no restore here");
        for (FileSystemDriver driver : FileSystemDriver.all()) {
            findings.ok("driver", driver.name() + " fits " + driver.fits(root) + " of 100");
        }
        Privileges self = Privileges.own();
        findings.ok(
                "chosen",
                volume.kind() + ", filesystem id "
                        + RawPath.printable(volume.fileSystemId().toBytes()));
        capabilities(volume.capabilities(), findings);
        privileges(self, mount, findings);
        ProcessLimits.look(findings);
        FileDaemonUnit.look(findings);
        return findings;
    }

    private static void capabilities(Capabilities can, Findings findings) {
        findings.check("xattrs", can.xattrs(), "can be read", "not supported by this filesystem");
        findings.check(
                "holes", can.holes(), "told apart from zeros", "read as zeros: sparse files cost their whole length");
        findings.check("hard links", can.hardLinks(), "supported", "not supported");
        findings.check(
                "generation",
                can.generation(),
                "part of an inode's identity",
                "not known: a reused inode number may look old");
        findings.check(
                "changes", can.changes(), "native change source", "no change source: incrementals walk the tree");
        findings.check("layouts", can.layouts(), "read and kept", "this filesystem has none");
        findings.ok(
                "clock", "times are told apart from " + can.timeGranularity().toMillis() + " ms on");
        findings.ok("metadata", can.metadataLanes() + " target(s)");
    }

    private static void privileges(Privileges self, MountPoint mount, Findings findings) {
        boolean root = self.uid() == 0;
        findings.ok("user", "uid " + self.uid());
        findings.check(
                "read all",
                self.has(Privileges.DAC_READ_SEARCH),
                "files of all users can be read",
                "only what uid " + self.uid() + " may read: run as root, or with CAP_DAC_READ_SEARCH");
        findings.check(
                "no atime",
                self.has(Privileges.FOWNER) || mount.options().contains("noatime"),
                "reading leaves access times alone",
                "reading files of others sets their access time: run with CAP_FOWNER");
        findings.check(
                "owners",
                self.has(Privileges.CHOWN),
                "can be restored",
                "restored files belong to uid " + self.uid() + ": restore as root");
        findings.check(
                "devices",
                self.has(Privileges.MKNOD) && !mount.options().contains("nodev"),
                "can be made with --devices",
                root ? "cannot be made here (CAP_MKNOD, or mounted nodev)" : "cannot be made: restore as root");
        findings.check(
                "trusted.*",
                self.has(Privileges.SYS_ADMIN),
                "trusted and security xattrs can be read and set",
                "invisible without CAP_SYS_ADMIN: not in a backup of this user");
        findings.check(
                "flags",
                self.has(Privileges.LINUX_IMMUTABLE),
                "immutable and append-only can be set",
                "immutable and append-only cannot be set without CAP_LINUX_IMMUTABLE");
        List<String> quota = List.of("prjquota", "pquota", "prjquota=on");
        boolean project = mount.type().equals("xfs") || mount.options().stream().anyMatch(quota::contains);
        findings.check(
                "project ids",
                project,
                "kept by this filesystem",
                "not in use on this mount (ext4: feature project and option prjquota)");
    }
}
