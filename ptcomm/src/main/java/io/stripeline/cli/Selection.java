package io.stripeline.cli;

import io.stripeline.inode.InodeId;
import io.stripeline.scan.ScanSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say what a walk takes. */
final class Selection {
    @Option(
            names = "--include",
            paramLabel = "GLOB",
            description = "Take only files that match; may be repeated. Without a slash the last"
                    + " component is matched, else the path below PATH. ** crosses slashes.")
    List<String> includes = List.of();

    @Option(
            names = "--exclude",
            paramLabel = "GLOB",
            description = "Leave out what matches, directories with all below; may be repeated.")
    List<String> excludes = List.of();

    @Option(
            names = {"-x", "--one-fs"},
            description = "Do not enter directories on other filesystems.")
    boolean oneFileSystem;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "Most metadata requests in flight, 1 to 1024; adapted if not given.")
    @Nullable
    Integer workers;

    /** What is taken and left out, the same for the same selection; empty for everything. */
    List<String> texts() {
        List<String> out = new ArrayList<>();
        includes.stream().distinct().sorted().forEach(glob -> out.add("include " + glob));
        excludes.stream().distinct().sorted().forEach(glob -> out.add("exclude " + glob));
        if (oneFileSystem) {
            out.add("one-fs");
        }
        return out;
    }

    /** @throws Trouble.Usage for a value that no walk takes */
    ScanSpec spec(Set<InodeId> skipped) {
        ScanSpec spec = ScanSpec.all().oneFileSystem(oneFileSystem).skip(skipped);
        Integer most = workers;
        if (most != null) {
            Given.number("--workers", most, 1, 1024);
            spec = spec.workers(most);
        }
        for (String glob : includes) {
            spec = Given.as("--include", glob, spec::include);
        }
        for (String glob : excludes) {
            spec = Given.as("--exclude", glob, spec::exclude);
        }
        return spec;
    }
}
