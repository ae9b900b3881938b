package io.stripeline;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Knows one kind of filesystem. Found by {@link ServiceLoader}.
 */
public interface FileSystemDriver {
    /** As in {@code fs=posix}. */
    String name();

    /**
     * How well this driver fits what is mounted at {@code root}: 0 not at all, 1 as the fall-back for any mounted
     * filesystem, 100 its own kind. Looks only; never fails: where it cannot tell, 0.
     */
    int fits(Path root);

    /**
     * Opens the tree at {@code root}.
     *
     * @throws io.stripeline.posix.PosixException where it is no directory or cannot be opened
     */
    Volume open(Path root);

    /** All drivers on the class path. */
    static List<FileSystemDriver> all() {
        return ServiceLoader.load(FileSystemDriver.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    /** Opens the tree at {@code root} with the driver that fits best. */
    static Volume openBest(Path root) {
        return all().stream()
                .filter(driver -> driver.fits(root) > 0)
                .max(Comparator.comparingInt(driver -> driver.fits(root)))
                .orElseThrow(() -> new IllegalArgumentException("No filesystem driver for " + root
                        + ": is it a mounted directory, and is stripeline-fs-drivers on the class path?"))
                .open(root);
    }
}
