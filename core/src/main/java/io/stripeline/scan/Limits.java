package io.stripeline.scan;

import io.stripeline.posix.Processes;

/**
 * What a walk may hold.
 *
 * @param dirsInMemory pending directories, of about 150 bytes; more go to a temporary file
 * @param openDirs descriptors; pending directories beyond it hold none and are opened by path
 */
record Limits(int dirsInMemory, int openDirs) {
    /** 10 MB of pending directories, and half of what this process may open. */
    static Limits ofProcess() {
        return new Limits(65_536, Math.max(8, Math.min(Processes.maxOpenFiles() / 2, 16_384)));
    }
}
