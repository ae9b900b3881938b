package io.stripeline.striped;

import io.stripeline.FileSystemDriver;
import io.stripeline.Volume;
import io.stripeline.fs.posix.PosixVolume;
import java.nio.file.Path;

/** {@code fs=striped}; chosen by itself where the process has a log for it only. */
public final class StripedDriver implements FileSystemDriver {
    /** Where a line goes for each file that is restored: its name, and {@code same} or {@code other}. */
    public static final String LOG = "stripeline.test.striped";

    @Override
    public String name() {
        return "striped";
    }

    @Override
    public int fits(Path root) {
        return System.getProperty(LOG) == null ? 0 : 100;
    }

    @Override
    public Volume open(Path root) {
        return new StripedVolume(PosixVolume.open(root));
    }
}
