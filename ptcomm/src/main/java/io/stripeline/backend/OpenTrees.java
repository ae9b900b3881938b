package io.stripeline.backend;

import io.stripeline.FileSystemDriver;
import io.stripeline.Volume;
import io.stripeline.inode.RawPath;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The trees of a job, opened before anything is promised. */
final class OpenTrees implements AutoCloseable {
    /** One of them. */
    record Tree(RawPath path, Volume volume) {}

    private final List<Tree> all = new ArrayList<>();

    private OpenTrees() {}

    static OpenTrees of(JobOptions options) {
        OpenTrees out = new OpenTrees();
        try {
            for (RawPath path : options.paths()) {
                Volume volume = open(path, options);
                out.all.add(new Tree(path, volume));
                if (options.incremental() == JobOptions.Incremental.NATIVE
                        && volume.changes().isEmpty()) {
                    throw new JobOptions.Bad("incremental=native: " + volume.kind() + " has no log of changes of "
                            + path + "; leave it away, or write incremental=auto");
                }
            }
            return out;
        } catch (RuntimeException failed) {
            out.close();
            throw failed;
        }
    }

    private static Volume open(RawPath raw, JobOptions options) {
        Path path = path(raw);
        if (!Files.isDirectory(path)) {
            throw new JobOptions.Bad(
                    "path=" + raw + (Files.exists(path) ? " is not a directory" : ": no such directory"));
        }
        DirectoryRules.check(raw, options);
        return opener(options).apply(path);
    }

    /** Opens as {@code fs=} says. */
    static Function<Path, Volume> opener(JobOptions options) {
        String name = options.driver().orElse("");
        if (name.isEmpty()) {
            return FileSystemDriver::openBest;
        }
        List<FileSystemDriver> drivers = FileSystemDriver.all();
        return drivers.stream()
                .filter(driver -> driver.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new JobOptions.Bad("fs=" + name + ": expected auto or one of "
                        + String.join(
                                ", ",
                                drivers.stream().map(FileSystemDriver::name).toList())))::open;
    }

    /** Those whose path leads through a symlink. */
    List<RawPath> linked() throws IOException {
        List<RawPath> out = new ArrayList<>();
        for (Tree tree : all) {
            Path named = path(tree.path());
            if (!named.toRealPath().equals(named)) {
                out.add(tree.path());
            }
        }
        return out;
    }

    /** The JVM under bacula-fd has no locale: what is not ASCII reaches it as bytes of its file name encoding. */
    static Path path(RawPath raw) {
        String encoding =
                System.getProperty("sun.jnu.encoding", Charset.defaultCharset().name());
        try {
            return Path.of(new String(raw.toBytes(), Charset.forName(encoding)));
        } catch (InvalidPathException wrong) {
            throw new JobOptions.Bad("path=" + raw + " cannot be named in the locale of this process (" + encoding
                    + "): set LC_ALL=C.UTF-8 for bacula-fd");
        }
    }

    List<Tree> all() {
        return List.copyOf(all);
    }

    @Override
    public void close() {
        all.forEach(tree -> tree.volume().close());
    }
}
