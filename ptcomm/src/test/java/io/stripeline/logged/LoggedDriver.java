package io.stripeline.logged;

import io.stripeline.FileSystemDriver;
import io.stripeline.Volume;
import io.stripeline.fs.posix.PosixVolume;
import java.nio.file.Path;

/** {@code fs=logged}; never chosen by itself. */
public final class LoggedDriver implements FileSystemDriver {
    @Override
    public String name() {
        return "logged";
    }

    @Override
    public int fits(Path root) {
        return 0;
    }

    @Override
    public Volume open(Path root) {
        return new LoggedVolume(PosixVolume.open(root));
    }
}
