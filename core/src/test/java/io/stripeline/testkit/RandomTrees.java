package io.stripeline.testkit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Random trees that any user can make on any Linux filesystem: files of all sizes around the borders that matter, holes,
 * links of both kinds, fifos, odd names, modes and times. Shrink by halving {@code entries}.
 */
public final class RandomTrees {
    private static final long[] BORDERS = {0, 1, 511, 512, 4095, 4096, 4097, 65_535, 65_536, 65_537, 262_144, 300_000};

    private final SplittableRandom random;
    private final List<String> files = new ArrayList<>();

    private RandomTrees(SplittableRandom random) {
        this.random = random;
    }

    /** About {@code entries} names. */
    public static Tree of(SplittableRandom random, int entries) {
        RandomTrees trees = new RandomTrees(random);
        return Tree.root(trees.children("", entries, 0));
    }

    private List<Tree> children(String path, int entries, int depth) {
        Set<String> used = new HashSet<>();
        List<Tree> out = new ArrayList<>();
        int left = entries;
        while (left > 0) {
            String name = name(used);
            int below = depth < 6 && left > 2 && random.nextInt(4) == 0 ? random.nextInt(left) : -1;
            if (below >= 0) {
                List<Tree> children = children(path + name + "/", below, depth + 1);
                out.add(dated(Tree.dir(name).children(children).mode(0700 | random.nextInt(0100))));
                left -= below + 1;
            } else {
                out.add(leaf(path, name));
                left--;
            }
        }
        return out;
    }

    private Tree leaf(String path, String name) {
        switch (random.nextInt(12)) {
            case 0:
                return dated(Tree.symlink(name, random.nextBoolean() ? "../" + name : "/nowhere/ \n"));
            case 1:
                return dated(Tree.fifo(name).mode(0600 | random.nextInt(0100)));
            case 2:
                return dated(Tree.dir(name));
            case 3:
                if (!files.isEmpty()) {
                    return Tree.hardLink(name, files.get(random.nextInt(files.size())));
                }
                break;
            case 4:
                return file(path, Tree.file(name, sparse()), name);
            default:
                break;
        }
        long size = BORDERS[random.nextInt(BORDERS.length)];
        Content content = random.nextInt(5) == 0
                ? Content.of(new byte[(int) size])
                : Content.random(random.nextLong(), random.nextInt(3) == 0 ? random.nextInt(20_000) : size);
        return file(path, Tree.file(name, content), name);
    }

    private Tree file(String path, Tree file, String name) {
        files.add(path + name);
        return dated(file.mode(0400 | random.nextInt(0400)));
    }

    private Content sparse() {
        Content content = Content.EMPTY;
        for (int i = random.nextInt(4); i >= 0; i--) {
            content = content.then(Content.hole(4096L * (1 + random.nextInt(500))))
                    .then(Content.random(random.nextLong(), 1 + random.nextInt(9_000)));
        }
        return random.nextBoolean() ? content : content.then(Content.hole(1 + random.nextInt(100_000)));
    }

    private Tree dated(Tree tree) {
        return tree.mtime(random.nextLong(0, 4_000_000_000L), random.nextInt(1_000_000_000));
    }

    private String name(Set<String> used) {
        while (true) {
            String name = switch (random.nextInt(8)) {
                case 0 -> " trailing " + random.nextInt(100) + " ";
                case 1 -> "two\nlines" + random.nextInt(100);
                case 2 -> "\u00e4\u4e16" + random.nextInt(100);
                case 3 -> "-" + "n".repeat(1 + random.nextInt(200));
                default -> "f" + random.nextInt(1000);
            };
            if (name.getBytes(StandardCharsets.UTF_8).length <= 255 && used.add(name)) {
                return name;
            }
        }
    }
}
