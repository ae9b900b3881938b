package io.stripeline.testkit;

import io.stripeline.inode.FileType;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.inode.Xattr;
import io.stripeline.layout.Extent;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What a tree looks like from outside: one fact per name, in the order of {@link RawPath}. Two trees are compared field
 * by field, and all differences are told at once.
 */
public final class TreeFacts {
    /** What is compared of a name. */
    public enum Field {
        TYPE(Fact::type),
        MODE(fact -> Integer.toOctalString(fact.mode)),
        UID(fact -> Integer.toUnsignedString(fact.uid)),
        GID(fact -> Integer.toUnsignedString(fact.gid)),
        SIZE(Fact::sizeBytes),
        MTIME(Fact::mtime),
        RDEV(Fact::rdev),
        TARGET(fact -> RawPath.printable(fact.target)),
        XATTRS(Fact::xattrs),
        FLAGS(Fact::flags),
        PROJECT(Fact::projectId),
        CONTENT(Fact::digest),
        /** Whether most of a file of more than 1 MiB is a hole; where exactly holes lie is the filesystem's affair. */
        SPARSE(Fact::isSparse),
        /** All names of the inode. */
        NAMES(Fact::names);

        private final Function<Fact, Object> value;

        Field(Function<Fact, Object> value) {
            this.value = value;
        }
    }

    /**
     * One name.
     *
     * @param digest of content, by {@link ContentDigest}; empty for what is no regular file
     * @param data where a regular file is no hole, in order
     * @param names all names of this inode within the tree, where there is more than one
     */
    public record Fact(
            FileType type,
            int mode,
            int uid,
            int gid,
            long sizeBytes,
            long allocatedBytes,
            Timestamp mtime,
            long rdev,
            byte[] target,
            Set<Xattr> xattrs,
            int flags,
            int projectId,
            String digest,
            List<Extent> data,
            Set<RawPath> names) {
        boolean isSparse() {
            return sizeBytes > 1 << 20 && allocatedBytes < sizeBytes / 2;
        }

        Fact names(Set<RawPath> all) {
            return new Fact(
                    type,
                    mode,
                    uid,
                    gid,
                    sizeBytes,
                    allocatedBytes,
                    mtime,
                    rdev,
                    target,
                    xattrs,
                    flags,
                    projectId,
                    digest,
                    data,
                    all);
        }
    }

    private final SortedMap<RawPath, Fact> byPath;

    private TreeFacts(SortedMap<RawPath, Fact> byPath) {
        this.byPath = byPath;
    }

    /** Facts, and for each inode key the names that share it. */
    static TreeFacts of(SortedMap<RawPath, Fact> facts, Map<?, ? extends Set<RawPath>> namesByInode) {
        SortedMap<RawPath, Fact> joined = new TreeMap<>(facts);
        for (Set<RawPath> names : namesByInode.values()) {
            if (names.size() > 1) {
                names.forEach(name -> joined.computeIfPresent(name, (path, fact) -> fact.names(new TreeSet<>(names))));
            }
        }
        return new TreeFacts(joined);
    }

    /** Where whoever made {@code tree} was the user {@code uid}, this is what should be seen of it. */
    public static TreeFacts expected(Tree tree, int uid, int gid) {
        SortedMap<RawPath, Fact> facts = new TreeMap<>();
        Map<RawPath, Set<RawPath>> names = new TreeMap<>();
        Map<RawPath, RawPath> links = new TreeMap<>();
        expect(tree, RawPath.ROOT, uid, gid, facts, links);
        links.forEach((name, first) -> {
            facts.put(name, Objects.requireNonNull(facts.get(first), () -> name + " links to nothing: " + first));
            names.computeIfAbsent(first, f -> new TreeSet<>(Set.of(f))).add(name);
        });
        return of(facts, names);
    }

    private static void expect(
            Tree tree, RawPath path, int uid, int gid, Map<RawPath, Fact> into, Map<RawPath, RawPath> links) {
        RawPath first = tree.linkTo();
        if (first != null) {
            links.put(path, first);
            return;
        }
        Content content = tree.content();
        boolean regular = tree.type() == FileType.REGULAR;
        into.put(
                path,
                new Fact(
                        tree.type(),
                        tree.mode(),
                        tree.uid() == -1 ? uid : tree.uid(),
                        tree.gid() == -1 ? gid : tree.gid(),
                        regular ? content.length() : tree.target().length,
                        content.allocatedBytes(),
                        tree.mtime(),
                        tree.rdev(),
                        tree.target(),
                        Set.copyOf(tree.xattrs()),
                        tree.flags(),
                        tree.projectId(),
                        regular ? digest(content) : "",
                        regular ? content.data() : List.of(),
                        Set.of()));
        tree.children().forEach(child -> expect(child, path.child(child.name()), uid, gid, into, links));
    }

    static String digest(Content content) {
        ContentDigest digest = new ContentDigest();
        byte[] piece = new byte[64 << 10];
        for (Extent data : content.data()) {
            for (long at = data.offset(); at < data.end(); ) {
                int n = content.read(at, piece, 0, (int) Math.min(piece.length, data.end() - at));
                digest.add(at, piece, n);
                at += n;
            }
        }
        return digest.finish(content.length());
    }

    public Set<RawPath> paths() {
        return byPath.keySet();
    }

    /** The fact of a path that must be there. */
    public Fact get(String path) {
        return get(RawPath.of(path));
    }

    /** The fact of a path that must be there. */
    public Fact get(RawPath path) {
        Fact fact = byPath.get(path);
        if (fact == null) {
            throw new AssertionError("no " + path + " in " + byPath.keySet());
        }
        return fact;
    }

    /** All differences in all fields but the ignored ones, one line each. */
    public List<String> differences(TreeFacts actual, Set<Field> ignored) {
        List<String> out = new ArrayList<>();
        Set<RawPath> all = new TreeSet<>(byPath.keySet());
        all.addAll(actual.byPath.keySet());
        for (RawPath path : all) {
            Fact here = byPath.get(path);
            Fact there = actual.byPath.get(path);
            if (here == null || there == null) {
                out.add(path + (here == null ? ": only in the actual tree" : ": missing in the actual tree"));
                continue;
            }
            for (Field field : EnumSet.allOf(Field.class)) {
                Object expected = field.value.apply(here);
                Object found = field.value.apply(there);
                boolean counts = !ignored.contains(field) && !(field == Field.SIZE && hasNoSize(here));
                if (counts && !expected.equals(found)) {
                    out.add(path + ": " + field + " expected " + expected + ", found " + found);
                }
            }
        }
        return out;
    }

    /** A directory's size is what its filesystem makes of it. */
    private static boolean hasNoSize(Fact fact) {
        return fact.type != FileType.REGULAR && fact.type != FileType.SYMLINK;
    }

    /** Fails with the differences, the first fifty of them. */
    public void assertSame(TreeFacts actual, Field... ignored) {
        List<String> differences = differences(actual, Set.of(ignored));
        if (!differences.isEmpty()) {
            throw new AssertionError(differences.size() + " differences in " + byPath.size() + " names:\n  "
                    + String.join("\n  ", differences.subList(0, Math.min(50, differences.size()))));
        }
    }

    /**
     * Fails where there is data in the actual tree in the midst of a hole of this one, at least {@link
     * LongHoles#BORDER_BYTES} from its ends. The other way round nothing is said: zeros may come back as a hole.
     */
    public void assertHolesKept(TreeFacts actual) {
        List<String> filled = new ArrayList<>();
        byPath.forEach((path, fact) -> LongHoles.of(fact)
                .filled(actual.get(path).data())
                .forEach(data -> filled.add(path + ": data at " + data.offset() + ", where a hole was")));
        if (!filled.isEmpty()) {
            throw new AssertionError("Holes are gone:\n  " + String.join("\n  ", filled));
        }
    }
}
