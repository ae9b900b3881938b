package io.stripeline.logged;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Changes a directory and writes down what it did. First line: number of the first change that is kept. Then a line a
 * change: {@code T inode}; {@code G parent inode f|d name}, taken away; {@code M parent inode d name}, a directory that
 * left this place.
 */
public final class LoggedTree {
    private final Path root;

    public LoggedTree(Path root) {
        this.root = root;
    }

    static Path log(Path root) {
        return root.resolveSibling(root.getFileName() + ".changes");
    }

    static Path acknowledged(Path root) {
        return root.resolveSibling(root.getFileName() + ".acknowledged");
    }

    static long number(Path path) {
        try {
            return (Long) Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void tell(String line) throws IOException {
        Path log = log(root);
        if (!Files.exists(log)) {
            Files.writeString(log, "0\n");
        }
        Files.writeString(log, line + "\n", StandardOpenOption.APPEND);
    }

    private void touched(Path path) throws IOException {
        tell("T " + number(path));
    }

    /** Makes a file, or gives it other content. */
    public void write(String path, String content) throws IOException {
        Path file = root.resolve(path);
        boolean fresh = !Files.exists(file);
        Files.writeString(file, content);
        touched(file);
        if (fresh) {
            touched(file.getParent());
        }
    }

    public void directory(String path) throws IOException {
        touched(Files.createDirectory(root.resolve(path)));
        touched(root.resolve(path).getParent());
    }

    public void link(String existing, String name) throws IOException {
        Files.createLink(root.resolve(name), root.resolve(existing));
        touched(root.resolve(existing));
        touched(root.resolve(name).getParent());
    }

    /** Removes a file, or a directory with all below it. */
    public void remove(String path) throws IOException {
        Path name = root.resolve(path);
        boolean directory = Files.isDirectory(name, LinkOption.NOFOLLOW_LINKS);
        if (directory) {
            List<Path> below;
            try (Stream<Path> all = Files.list(name)) {
                below = all.toList();
            }
            for (Path one : below) {
                remove(root.relativize(one).toString());
            }
        }
        long inode = number(name);
        boolean hasMore = !directory && (Integer) Files.getAttribute(name, "unix:nlink") > 1;
        Files.delete(name);
        tell("G " + number(name.getParent()) + " " + inode + (directory ? " d " : " f ") + name.getFileName());
        if (hasMore) {
            tell("T " + inode);
        }
        touched(name.getParent());
    }

    public void rename(String from, String to) throws IOException {
        Path source = root.resolve(from);
        Path target = root.resolve(to);
        boolean directory = Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS);
        Files.move(source, target);
        tell((directory ? "M " : "G ") + number(source.getParent()) + " " + number(target) + (directory ? " d " : " f ")
                + source.getFileName());
        if (!directory) {
            touched(target);
        }
        touched(source.getParent());
        touched(target.getParent());
    }

    /** Forgets the whole log, as a filesystem does whose readers are too slow. */
    public void purge() throws IOException {
        List<String> lines = Files.readAllLines(log(root));
        Files.writeString(log(root), (Long.parseLong(lines.get(0)) + lines.size() - 1) + "\n");
    }

    /** Number of changes so far. */
    public long position() throws IOException {
        if (!Files.exists(log(root))) {
            return 0;
        }
        List<String> lines = Files.readAllLines(log(root));
        return Long.parseLong(lines.get(0)) + lines.size() - 1;
    }

    /** What a job acknowledged last; -1 where none did. */
    public long acknowledged() throws IOException {
        return Files.exists(acknowledged(root)) ? Long.parseLong(Files.readString(acknowledged(root))) : -1;
    }
}
