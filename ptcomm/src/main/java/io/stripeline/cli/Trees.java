package io.stripeline.cli;

import io.stripeline.FileSystemDriver;
import io.stripeline.Volume;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens directories that users name. */
final class Trees {
    private Trees() {}

    static Volume open(Path root) {
        if (!Files.exists(root)) {
            throw new Trouble.Refused(root + ": no such directory");
        }
        if (!Files.isDirectory(root)) {
            throw new Trouble.Refused(root + ": not a directory");
        }
        return FileSystemDriver.openBest(root);
    }
}
