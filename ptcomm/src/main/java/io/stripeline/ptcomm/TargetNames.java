package io.stripeline.ptcomm;

import io.stripeline.inode.Dir;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From names of a restore to places below {@code /}. Below its target a restore follows no symlink; the target itself,
 * which the operator has named, may lead through some on this host: what {@code where=} and {@code path=} name is
 * resolved once, before anything is restored. Of one thread.
 */
final class TargetNames {
    private record Resolved(RawPath named, RawPath real) {}

    /** The place of one name. */
    record Place(Dir dir, byte[] name, RawPath path) {}

    private final RawPath prefix;
    private final List<Resolved> resolved = new ArrayList<>();
    private final List<Dir> chain = new ArrayList<>(List.of(Dir.root()));

    /**
     * @param where prefix that names carry already, null or empty where there is none
     * @param paths trees that were backed up, absolute
     */
    TargetNames(byte @Nullable [] where, List<byte[]> paths) {
        prefix = where == null || where.length == 0 ? RawPath.of("/") : RawPath.of(stripped(where));
        for (byte[] path : paths) {
            add(RawPath.of(joined(prefix.toBytes(), path)));
        }
        add(prefix);
        sort();
    }

    /**
     * One more tree that was backed up. Only before anything is restored: a symlink that is on its way then is followed.
     *
     * @param path absolute, without where it goes
     */
    void tree(RawPath path) {
        RawPath named = RawPath.of(stripped(joined(prefix.toBytes(), path.toBytes())));
        boolean known = resolved.stream().anyMatch(one -> one.named.equals(named));
        if (!known) {
            add(named);
            sort();
        }
    }

    private void sort() {
        resolved.sort(
                Comparator.comparingInt((Resolved one) -> one.named.length()).reversed());
    }

    private static byte[] joined(byte[] front, byte[] path) {
        int end = front.length > 0 && front[front.length - 1] == '/' ? front.length - 1 : front.length;
        byte[] out = Arrays.copyOf(front, end + path.length);
        System.arraycopy(path, 0, out, end, path.length);
        return out;
    }

    private void add(RawPath path) {
        RawPath named = RawPath.of(stripped(path.toBytes()));
        if (named.isAbsolute()) {
            resolved.add(new Resolved(named, real(named)));
        }
    }

    /** The real path of the longest part that exists, and the rest as it is. */
    private static RawPath real(RawPath path) {
        List<byte[]> missing = new ArrayList<>();
        for (RawPath at = path; at.length() > 1; at = at.parent()) {
            try (Fd fd = Fd.openat(Fcntl.AT_FDCWD, at.toBytes(), Fcntl.O_PATH | Fcntl.O_DIRECTORY, 0)) {
                byte[] link = ("/proc/self/fd/" + fd.number()).getBytes(StandardCharsets.US_ASCII);
                RawPath out = RawPath.of(Posix.readlinkat(Fcntl.AT_FDCWD, link));
                for (int i = missing.size() - 1; i >= 0; i--) {
                    out = out.child(missing.get(i));
                }
                return out;
            } catch (PosixException failed) {
                if (failed.errno() != Errno.ENOENT && failed.errno() != Errno.ENOTDIR) {
                    throw failed;
                }
                missing.add(at.name());
            }
        }
        return path;
    }

    /**
     * The place of an absolute name, with or without a slash at its end.
     *
     * @throws IllegalArgumentException for a name that could lead elsewhere; the message says why
     */
    Place place(byte[] name) {
        byte[] bytes = stripped(name);
        if (bytes.length == 0 || bytes[0] != '/') {
            throw new IllegalArgumentException("the name is not absolute");
        }
        RawPath path = RawPath.of(bytes);
        for (Resolved one : resolved) {
            if (one.named.contains(path) || one.named.length() == 1) {
                byte[] rest =
                        one.named.length() == 1 ? bytes : Arrays.copyOfRange(bytes, one.named.length(), bytes.length);
                path = RawPath.of(joined(one.real.toBytes(), rest));
                break;
            }
        }
        return split(path.toBytes());
    }

    private Place split(byte[] path) {
        int depth = 0;
        int from = 1;
        for (int at = 1; at < path.length; at++) {
            if (path[at] == '/') {
                enter(++depth, Arrays.copyOfRange(path, from, at));
                from = at + 1;
            }
        }
        byte[] last = Arrays.copyOfRange(path, Math.min(from, path.length), path.length);
        if (path.length > 1) {
            check(last);
        }
        return new Place(chain.get(depth), last, RawPath.of(path));
    }

    /** Goes one directory deeper, into the same object as the last time where it is the same directory. */
    private void enter(int depth, byte[] name) {
        check(name);
        if (chain.size() > depth && Arrays.equals(chain.get(depth).name(), name)) {
            return;
        }
        while (chain.size() > depth) {
            chain.remove(chain.size() - 1);
        }
        chain.add(chain.get(depth - 1).child(name));
    }

    private static void check(byte[] component) {
        boolean dots = component.length <= 2
                && component.length > 0
                && component[0] == '.'
                && component[component.length - 1] == '.';
        if (component.length == 0 || dots) {
            throw new IllegalArgumentException("a component of the name is empty, '.' or '..'");
        }
    }

    /** Without slashes at the end; a name has one at most, what people type may have more. */
    private static byte[] stripped(byte[] name) {
        int end = name.length;
        while (end > 1 && name[end - 1] == '/') {
            end--;
        }
        return Arrays.copyOf(name, end);
    }

    /**
     * The restored name of {@code other}, given one pair of a name at backup and at restore: what was put in front, or
     * replaced at the front, of the one is so of the other. Null where the pair says nothing of the other.
     */
    static byte @Nullable [] alike(byte[] saved, byte[] restored, byte[] other) {
        int head = saved.length; // in front of the components that both have at their ends
        for (int common = 1; common <= Math.min(saved.length, restored.length); common++) {
            int at = saved.length - common;
            if (saved[at] != restored[restored.length - common]) {
                break;
            }
            head = saved[at] == '/' ? at : head;
        }
        if (head == saved.length
                || other.length <= head
                || other[head] != '/'
                || !Arrays.equals(other, 0, head, saved, 0, head)) {
            return null;
        }
        int front = restored.length - (saved.length - head);
        byte[] out = Arrays.copyOf(restored, front + other.length - head);
        System.arraycopy(other, head, out, front, other.length - head);
        return out;
    }
}
