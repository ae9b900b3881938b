package io.stripeline.scan;

import io.stripeline.flow.Job;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Namespace;
import io.stripeline.posix.Posix;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A random tree on disk, with what a walk must find there, and ways to walk it. */
final class DiskFixture {
    /** Mode by path, the root included. */
    final TreeMap<RawPath, Integer> expected = new TreeMap<>();

    final Path root;
    private final Random random;
    private int left;

    DiskFixture(Path root, long seed, int entries) {
        this.root = root;
        this.random = new Random(seed);
        this.left = entries;
        int fd = open(root);
        expected.put(RawPath.ROOT, 0040000);
        fill(fd, RawPath.ROOT, 0);
        Posix.close(fd);
    }

    static int open(Path path) {
        return Posix.openat(
                Fcntl.AT_FDCWD,
                path.toString().getBytes(StandardCharsets.UTF_8),
                Fcntl.O_RDONLY | Fcntl.O_DIRECTORY,
                0);
    }

    static Tree tree(Path root) {
        return () -> open(root);
    }

    private void fill(int fd, RawPath path, int depth) {
        int here = depth == 0 ? left : random.nextInt(10) == 0 ? random.nextInt(300) : random.nextInt(12);
        for (int i = 0; i < here && left > 0; i++) {
            byte[] name = name(i);
            left--;
            RawPath child = path.child(name);
            int kind = random.nextInt(10);
            if (kind < 3 && depth < 12) {
                Namespace.mkdirat(fd, name, 0755);
                expected.put(child, 0040000);
                int sub = Posix.openat(fd, name, Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0);
                fill(sub, child, depth + 1);
                Posix.close(sub);
            } else if (kind == 3) {
                Namespace.symlinkat(new byte[] {'.', '.'}, fd, name);
                expected.put(child, 0120000);
            } else if (kind == 4) {
                Namespace.mknodat(fd, name, 0010644, 0);
                expected.put(child, 0010000);
            } else {
                Namespace.mknodat(fd, name, 0100644, 0);
                expected.put(child, 0100000);
            }
        }
    }

    private byte[] name(int i) {
        byte[] tail = new byte[random.nextInt(20)];
        for (int k = 0; k < tail.length; k++) {
            byte b = (byte) random.nextInt(256);
            tail[k] = b == 0 || b == '/' ? (byte) 0xFF : b;
        }
        byte[] head = (i + "-").getBytes(StandardCharsets.US_ASCII);
        byte[] name = java.util.Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, name, head.length, tail.length);
        return name;
    }

    static List<InodeBatch> walk(Tree tree, ScanSpec spec, Limits limits) {
        try (Walker walker = new Walker(tree, "walk-test", limits)) {
            return walker.scan(spec, Job.start()).collectList().block();
        }
    }

    static TreeMap<RawPath, Integer> found(List<InodeBatch> batches) {
        TreeMap<RawPath, Integer> found = new TreeMap<>();
        for (InodeBatch batch : batches) {
            for (int row = 0; row < batch.size(); row++) {
                if (found.put(batch.path(row), batch.mode(row) & 0170000) != null) {
                    throw new AssertionError("twice: " + batch.path(row));
                }
            }
        }
        return found;
    }

    static TreeSet<String> paths(List<InodeBatch> batches) {
        TreeSet<String> out = new TreeSet<>();
        found(batches).keySet().forEach(path -> out.add(path.toString()));
        return out;
    }

    /** Descriptors open in this process. */
    static List<String> descriptors() throws IOException {
        List<String> out = new ArrayList<>();
        try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
            for (Path fd : fds.toList()) {
                try {
                    String target = Files.readSymbolicLink(fd).toString();
                    if (target.startsWith("/") && !target.startsWith("/proc") && !target.startsWith("/usr")) {
                        out.add(target);
                    }
                } catch (IOException closedMeanwhile) {
                    continue; // the descriptor of the listing itself
                }
            }
        }
        out.sort(null);
        return out;
    }

    static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("walk-test"))
                .count();
    }
}
