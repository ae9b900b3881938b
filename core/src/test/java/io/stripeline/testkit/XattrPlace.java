package io.stripeline.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.Processes;
import io.stripeline.posix.Xattrs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A directory on a tmpfs, which takes extended attributes in any number, each as long as the kernel allows. */
public final class XattrPlace implements AutoCloseable {
    /** Longest value: XATTR_SIZE_MAX of xattr(7). */
    public static final int VALUE_BYTES = 65_536;

    private @Nullable Path directory;
    private String space = "";

    /** Makes the directory; where there is no such filesystem the test is aborted with the reason. */
    public Path open() throws IOException {
        Path shm = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(shm) && Files.getFileStore(shm).type().equals("tmpfs"), "no tmpfs on /dev/shm");
        Path made = Files.createTempDirectory(shm, "stripeline-xattr-");
        directory = made;
        Path probe = Files.createFile(made.resolve("probe"));
        int user = set(probe, "user.probe", new byte[0]);
        int trusted = user == 0 || !Processes.isRoot() ? user : set(probe, "trusted.probe", new byte[0]);
        Files.delete(probe);
        assumeTrue(
                trusted == 0,
                "no user xattrs on tmpfs (before Linux 6.6), and trusted ones need root: " + Errno.name(trusted));
        space = user == 0 ? "user." : "trusted.";
        return made;
    }

    /** The namespace that it takes: user since Linux 6.6, trusted from root. */
    public String space() {
        return space;
    }

    /** Sets one of what is there; 0 where it was taken, else the errno. */
    public static int set(Path path, String name, byte[] value) {
        try (Fd fd = Fd.openat(Fcntl.AT_FDCWD, path.toString().getBytes(StandardCharsets.UTF_8), Fcntl.O_RDONLY, 0)) {
            Xattrs.set(fd.number(), name.getBytes(StandardCharsets.US_ASCII), value);
            return 0;
        } catch (PosixException failed) {
            return failed.errno();
        }
    }

    @Override
    public void close() {
        Path made = directory;
        if (made != null) {
            directory = null;
            DiskTree.clear(made);
            try {
                Files.delete(made);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }
}
