package io.stripeline.testkit;

import io.stripeline.change.At;
import io.stripeline.change.Change;
import io.stripeline.change.ChangeSource;
import io.stripeline.change.Cursor;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * The changes of a {@link FakeVolume}, as a change log of identities tells them, or an event queue of paths, or a mixture.
 * It can tell things twice, lose them, and forget what was acknowledged. Guarded by the volume's lock.
 */
public final class FakeChanges implements ChangeSource {
    /** How a change says where it was. */
    public enum Facts {
        IDENTITIES,
        PATHS,
        MIXED
    }

    private static final String KIND = "fake";

    /** A change by identities, the same by paths, and the directory that holds all that it touches. */
    private record Event(Change byIdentity, Change byPath, RawPath scope) {}

    private final FakeVolume volume;
    private final List<Event> events = new ArrayList<>();
    private long forgotten;
    private Facts facts = Facts.IDENTITIES;
    private boolean twice;
    private boolean recording;

    FakeChanges(FakeVolume volume) {
        this.volume = volume;
    }

    // ---- what a test sets

    /** What a change tells. */
    public FakeChanges facts(Facts what) {
        volume.underLock(() -> facts = what);
        return this;
    }

    /** Everything comes twice, the second time late. */
    public FakeChanges twice() {
        volume.underLock(() -> twice = true);
        return this;
    }

    /** The last changes, {@code n} at most, are lost but for where they were. */
    public void lose(int n) {
        volume.underLock(() -> {
            List<Event> last = events.subList(Math.max(0, events.size() - n), events.size());
            RawPath scope =
                    last.stream().map(Event::scope).reduce(FakeChanges::common).orElse(RawPath.ROOT);
            Change lost = new Change.Lost(scope);
            last.replaceAll(event -> new Event(lost, lost, scope));
        });
    }

    /** Changes that are kept. */
    public long kept() {
        return volume.locked(() -> (long) events.size());
    }

    // ---- what the volume does, under its lock

    void record() {
        recording = true;
    }

    void touched(FakeInode inode) {
        if (!recording) {
            return;
        }
        List<RawPath> names = names(inode);
        if (names.isEmpty()) {
            return; // removed with the tree it is in
        }
        Change byIdentity = new Change.Touched(inode.inode().id());
        boolean oneName = names.size() == 1;
        add(
                byIdentity,
                oneName ? new Change.Named(new At.Path(names.get(0))) : byIdentity,
                names.stream().map(RawPath::parent).reduce(FakeChanges::common).orElse(RawPath.ROOT));
    }

    void gone(RawPath path, FakeInode parent, FakeInode inode) {
        if (!recording) {
            return;
        }
        InodeId id = inode.inode().id();
        add(
                new Change.Gone(new At.Name(parent.inode().id(), path.name()), inode.isDirectory(), id),
                new Change.Gone(new At.Path(path), inode.isDirectory(), inode.isDirectory() ? id : null),
                path.parent());
        touched(inode);
    }

    void renamed(RawPath from, FakeInode fromParent, RawPath to, FakeInode toParent, FakeInode inode) {
        if (!recording) {
            return;
        }
        InodeId id = inode.inode().id();
        At name = new At.Name(fromParent.inode().id(), from.name());
        RawPath scope = common(from.parent(), to.parent());
        if (inode.isDirectory()) {
            add(new Change.Moved(id, name), new Change.Moved(id, new At.Path(from)), scope);
        } else {
            add(new Change.Gone(name, false, id), new Change.Gone(new At.Path(from), false, null), scope);
            touched(inode);
        }
    }

    private void add(Change byIdentity, Change byPath, RawPath scope) {
        events.add(new Event(byIdentity, byPath, scope));
    }

    private static RawPath common(RawPath a, RawPath b) {
        RawPath at = a;
        while (!at.contains(b)) {
            at = at.parent();
        }
        return at;
    }

    // ---- ChangeSource

    @Override
    public Cursor now() {
        return volume.locked(() -> cursor(forgotten + events.size()));
    }

    private static Cursor cursor(long position) {
        return new Cursor(KIND, 1, ByteBuffer.allocate(8).putLong(position).array());
    }

    private static long position(Cursor cursor) {
        return cursor.kind().equals(KIND) && cursor.version() == 1
                ? ByteBuffer.wrap(cursor.position()).getLong()
                : -1;
    }

    @Override
    public Flux<Change> since(Cursor from, Cursor until) {
        return Flux.defer(() -> Flux.fromIterable(volume.locked(() -> told(position(from), position(until)))));
    }

    private List<Change> told(long from, long until) {
        volume.checkOpen("changes");
        List<Change> out = new ArrayList<>();
        if (from < forgotten) {
            out.add(new Change.Lost(RawPath.ROOT));
        }
        SplittableRandom random = new SplittableRandom(from);
        for (long at = Math.max(from, forgotten); at < until; at++) {
            Event event = events.get((int) (at - forgotten));
            boolean byPath = facts == Facts.PATHS || facts == Facts.MIXED && random.nextBoolean();
            out.add(byPath ? event.byPath : event.byIdentity);
        }
        if (twice) {
            out.addAll(List.copyOf(out));
        }
        return out;
    }

    @Override
    public void acknowledge(Cursor oldest) {
        volume.underLock(() -> {
            long drop = Math.max(0, position(oldest) - forgotten);
            events.subList(0, (int) drop).clear();
            forgotten += drop;
        });
    }

    @Override
    public @Nullable Inode inode(RawPath path) {
        return volume.locked(() -> {
            volume.checkOpen("lookup");
            try {
                return volume.find("lookup", path).inode();
            } catch (PosixException failed) {
                if (failed.errno() == Errno.ENOENT
                        || failed.errno() == Errno.ENOTDIR
                        || failed.errno() == Errno.ELOOP) {
                    return null;
                }
                throw failed;
            }
        });
    }

    @Override
    public List<RawPath> paths(InodeId inode) {
        return volume.locked(() -> {
            volume.checkOpen("lookup");
            List<RawPath> out = new ArrayList<>();
            collect(volume.rootInode(), RawPath.ROOT, inode.low(), out);
            return out;
        });
    }

    private List<RawPath> names(FakeInode inode) {
        List<RawPath> out = new ArrayList<>();
        collect(volume.rootInode(), RawPath.ROOT, inode.number, out);
        return out;
    }

    private static void collect(FakeInode at, RawPath path, long number, List<RawPath> out) {
        if (at.number == number) {
            out.add(path);
        }
        at.children.forEach((name, child) -> collect(child, path.child(name.bytes()), number, out));
    }
}
