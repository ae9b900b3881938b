package io.stripeline.cli;

import io.stripeline.FileSystemDriver;
import io.stripeline.Volume;
import io.stripeline.inode.InodeId;
import io.stripeline.scan.RefusedRootException;
import io.stripeline.scan.WalkRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

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

    /**
     * Opens a tree to walk it.
     *
     * @param skipped what the walk must not enter
     * @throws Trouble.Usage where no walk may start there
     */
    static Volume openToWalk(Path root, Set<InodeId> skipped) {
        Volume volume = open(root);
        boolean walkable = false;
        try {
            Identity.withOpen(root, fd -> {
                WalkRoot.check(fd, skipped);
                return true;
            });
            walkable = true;
            return volume;
        } catch (RefusedRootException refused) {
            throw new Trouble.Usage(root + ": " + refused.getMessage());
        } finally {
            if (!walkable) {
                volume.close();
            }
        }
    }

    /** What a walk must not enter: the directory of the store, where there is one. */
    static Set<InodeId> store(Path store) {
        return Files.isDirectory(store) ? Set.of(Identity.of(store)) : Set.of();
    }
}
