package io.stripeline.cli;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What of a tree must come back: kind, mode, owner, nanosecond mtime, links and content of every name. */
final class TreeFacts {
    private TreeFacts() {}

    static Map<String, String> of(Path root) throws IOException {
        Map<String, String> facts = new TreeMap<>();
        List<Path> all;
        try (Stream<Path> below = Files.walk(root)) {
            all = below.collect(Collectors.toList());
        }
        for (Path path : all) {
            facts.put(root.relativize(path).toString(), facts(path));
        }
        return facts;
    }

    private static String facts(Path path) throws IOException {
        Map<String, Object> stat = Files.readAttributes(
                path,
                "unix:mode,nlink,uid,gid,lastModifiedTime,size,isDirectory,isSymbolicLink,isRegularFile",
                LinkOption.NOFOLLOW_LINKS);
        StringBuilder out = new StringBuilder();
        out.append("mode ").append(Integer.toOctalString((int) stat.get("mode")));
        out.append(" owner ").append(stat.get("uid")).append(':').append(stat.get("gid"));
        out.append(" mtime ").append(stat.get("lastModifiedTime"));
        if (stat.get("isSymbolicLink").equals(true)) {
            out.append(" -> ").append(Files.readSymbolicLink(path));
        } else if (stat.get("isRegularFile").equals(true)) {
            out.append(" names ").append(stat.get("nlink")).append(" size ").append(stat.get("size"));
            out.append(" sha256 ").append(digest(path));
        }
        return out.toString();
    }

    private static String digest(Path path) throws IOException {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path));
            return new BigInteger(1, sum).toString(16);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
