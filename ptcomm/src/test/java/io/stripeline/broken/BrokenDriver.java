package io.stripeline.broken;

import io.stripeline.FileSystemDriver;
import io.stripeline.Volume;
import io.stripeline.fs.posix.PosixVolume;
import java.nio.file.Path;

/** {@code fs=broken}; never chosen by itself. */
public final class BrokenDriver implements FileSystemDriver {
    @Override
    public String name() {
        return "broken";
    }

    @Override
    public int fits(Path root) {
        return 0;
    }

    @Override
    public Volume open(Path root) {
        return new BrokenVolume(PosixVolume.open(root));
    }
}
