package io.stripeline.fs.posix;

import io.stripeline.FileSystemDriver;
import io.stripeline.Volume;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code fs=posix}: the fall-back for any mounted filesystem. */
public final class PosixDriver implements FileSystemDriver {
    @Override
    public String name() {
        return "posix";
    }

    @Override
    public int fits(Path root) {
        return Files.isDirectory(root) ? 1 : 0;
    }

    @Override
    public Volume open(Path root) {
        return PosixVolume.open(root);
    }
}
