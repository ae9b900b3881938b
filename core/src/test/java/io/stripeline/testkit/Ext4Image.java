package io.stripeline.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An ext4 of its own on a loop device, for what the filesystem that tests run on may not have: project ids, long
 * extended attributes. Needs root; a test that wants one where none can be had is aborted with the reason.
 */
public final class Ext4Image implements AutoCloseable {
    private static final long BYTES = 256L << 20;

    private final Path mount;
    private final boolean projects;

    private Ext4Image(Path mount, boolean projects) {
        this.mount = mount;
        this.projects = projects;
    }

    /**
     * With project ids where the kernel has them; where it has not, it says so on standard output.
     *
     * @param image a file that does not exist yet
     * @param mount an existing directory
     */
    public static Ext4Image withProjects(Path image, Path mount) throws IOException, InterruptedException {
        String problem = mounted(image, mount, List.of("-O", "quota,project", "-E", "quotatype=prjquota"), ",prjquota");
        boolean projects = problem.isEmpty();
        if (!projects) {
            System.out.println("SKIPPED project ids: " + problem);
            problem = mounted(image, mount, List.of(), "");
        }
        assumeTrue(problem.isEmpty(), "no ext4 on a loop device here: " + problem);
        return new Ext4Image(mount, projects);
    }

    /** With room for more extended attributes than a block holds; image and mount as above. */
    public static Ext4Image withLongXattrs(Path image, Path mount) throws IOException, InterruptedException {
        String problem = mounted(image, mount, List.of("-O", "ea_inode"), "");
        assumeTrue(problem.isEmpty(), "no ext4 with long attributes on a loop device here: " + problem);
        return new Ext4Image(mount, false);
    }

    /** Makes an ext4 in the image and mounts it; what stood in the way, empty where nothing did. */
    private static String mounted(Path image, Path mount, List<String> features, String options)
            throws IOException, InterruptedException {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(BYTES);
        }
        List<String> make = new ArrayList<>(List.of("mkfs.ext4", "-q", "-F", "-b", "4096"));
        make.addAll(features);
        make.add(image.toString());
        String made = said(make);
        return made.isEmpty()
                ? said(List.of("mount", "-o", "loop" + options, image.toString(), mount.toString()))
                : made;
    }

    /** Whether files can have a project id. */
    public boolean hasProjects() {
        return projects;
    }

    /** Its top directory, on the host. */
    public Path mount() {
        return mount;
    }

    /** Unmounts it. The image is left to whoever gave its path. */
    @Override
    public void close() throws IOException {
        String problem;
        try {
            problem = said(List.of("umount", mount.toString()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("umount " + mount + " was interrupted", stopped);
        }
        if (!problem.isEmpty()) {
            throw new AssertionError("umount " + mount + ": " + problem);
        }
    }

    /** What a command says; empty where it succeeded, whatever it said. */
    private static String said(List<String> command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException missing) {
            return String.valueOf(missing.getMessage());
        }
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError(command + " does not end");
        }
        return process.exitValue() == 0 ? "" : text.strip() + " (exit " + process.exitValue() + ")";
    }
}
