package io.stripeline.testkit;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Xattr;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.write.Fate;
import io.stripeline.write.RestorePlan;
import io.stripeline.write.TreeWriter;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Writes items into a {@link FakeVolume}; checks the grammar of the stream on the way. */
final class FakeWriter implements TreeWriter {
    private final FakeVolume volume;

    FakeWriter(FakeVolume volume) {
        this.volume = volume;
    }

    @Override
    public Mono<Report> write(Flux<Item> items, RestorePlan plan, Job job) {
        return Mono.defer(() -> {
            Writing writing = new Writing(plan, job);
            return items.map(item -> {
                        volume.underLock(() -> writing.take(item));
                        return true;
                    })
                    .then(Mono.fromSupplier(() -> Report.of("", job)));
        });
    }

    private final class Writing {
        private final RestorePlan plan;
        private final Job job;
        private @Nullable Entry current;
        private @Nullable FakeInode file;
        private long number;

        Writing(RestorePlan plan, Job job) {
            this.plan = plan;
            this.job = job;
        }

        void take(Item item) {
            if (item instanceof Item.Data data) {
                try {
                    append(data.offset(), bytes(data.slab().buffer()));
                } finally {
                    data.slab().release();
                }
            } else if (item instanceof Item.Hole hole) {
                FakeInode into = at(hole.offset());
                into.content = into.content.then(Content.hole(hole.length()));
            } else if (item instanceof Item.End end) {
                end(end);
            } else if (current != null) {
                throw new AssertionError(item + " within " + current);
            } else if (item instanceof Item.Begin begin) {
                number++;
                begin.release();
                current = begin.entry();
                file = reported(begin.entry(), () -> make(begin.entry()));
            } else if (item instanceof Item.Link link) {
                number++;
                decide(reported(link.entry(), () -> link(link)) != null);
            } else if (item instanceof Item.Gone gone) {
                FakePlanting.remove(volume, target(gone.path()));
            }
        }

        private void decide(boolean restored) {
            plan.fates().decided(number, restored ? Fate.RESTORED : Fate.FAILED);
        }

        private FakeInode at(long offset) {
            FakeInode into = file == null ? volume.newInode(FileType.REGULAR) : file;
            if (current == null || (file != null && into.content.length() != offset)) {
                throw new AssertionError("piece at " + offset + " of " + current);
            }
            return into;
        }

        private void append(long offset, byte[] bytes) {
            FakeInode into = at(offset);
            into.content = into.content.then(Content.of(bytes));
            job.progress().add(Counter.BYTES, bytes.length);
        }

        private void end(Item.End end) {
            Entry entry = Objects.requireNonNull(current, "End without Begin");
            boolean whole = !entry.inode().isRegular() || end.outcome().hasContent();
            if (file != null && !whole) {
                FakePlanting.remove(volume, target(entry.path()));
            } else if (file != null) {
                describe(file, end.inode(), entry);
                job.progress().add(Counter.ENTRIES, 1);
            }
            decide(file != null && whole);
            current = null;
            file = null;
        }

        private RawPath target(RawPath path) {
            for (byte[] name : FakePlanting.components(path)) {
                if (name.length == 0 || java.util.Arrays.equals(name, new byte[] {'.', '.'})) {
                    throw new PosixException("open", Errno.EXDEV, path.toString());
                }
            }
            return path.isRoot() ? plan.below() : RawPath.of(joined(plan.below(), path));
        }

        private byte[] joined(RawPath below, RawPath path) {
            RawPath at = below;
            for (byte[] name : FakePlanting.components(path)) {
                at = at.child(name);
            }
            return at.toBytes();
        }

        private FakeInode make(Entry entry) {
            RawPath path = target(entry.path());
            FileType type = entry.inode().type();
            boolean device = type == FileType.BLOCK_DEVICE || type == FileType.CHARACTER_DEVICE;
            if (device && !plan.devices()) {
                throw new PosixException("mknod", Errno.EPERM, path.toString());
            }
            if (path.isRoot()) {
                return volume.rootInode();
            }
            FakeInode parent = directory(path.parent());
            Name name = new Name(path.name());
            FakeInode there = parent.children.get(name);
            if (there != null && there.isDirectory() && type == FileType.DIRECTORY) {
                return there;
            }
            if (there != null && !mayReplace(there, entry)) {
                throw new PosixException("open", Errno.EEXIST, path.toString());
            }
            FakeInode inode = volume.newInode(type);
            parent.children.put(name, inode);
            return inode;
        }

        private boolean mayReplace(FakeInode there, Entry entry) {
            return switch (plan.overwrite()) {
                case ALWAYS -> !there.isDirectory();
                case NEWER ->
                    !there.isDirectory() && there.mtime.compareTo(entry.inode().mtime()) < 0;
                case OLDER ->
                    !there.isDirectory() && there.mtime.compareTo(entry.inode().mtime()) > 0;
                case NEVER -> false;
            };
        }

        /** A directory, made with its parents if it is not there yet. */
        private FakeInode directory(RawPath path) {
            FakeInode at = volume.rootInode();
            for (byte[] name : FakePlanting.components(path)) {
                at = at.children.computeIfAbsent(new Name(name), n -> {
                    FakeInode made = volume.newInode(FileType.DIRECTORY);
                    made.mode = 0700;
                    return made;
                });
                if (!at.isDirectory()) {
                    throw new PosixException("open", Errno.ELOOP, path.toString());
                }
            }
            return at;
        }

        private FakeInode link(Item.Link link) {
            RawPath path = target(link.entry().path());
            FakeInode first = volume.find("link", target(link.first()));
            FakeInode parent = directory(path.parent());
            if (parent.children.putIfAbsent(new Name(path.name()), first) != null) {
                throw new PosixException("link", Errno.EEXIST, path.toString());
            }
            first.nlink++;
            job.progress().add(Counter.ENTRIES, 1);
            return first;
        }

        private void describe(FakeInode inode, Inode stored, Entry entry) {
            inode.mode = stored.permissions();
            inode.uid = stored.uid();
            inode.gid = stored.gid();
            inode.rdev = stored.rdev();
            inode.target = entry.attributes().linkTarget();
            for (Xattr xattr : entry.attributes().xattrs()) {
                inode.setXattr(xattr);
            }
            inode.flags = entry.attributes().flags();
            inode.projectId = entry.attributes().projectId();
            inode.atime = stored.atime();
            inode.mtime = stored.mtime();
        }

        /** What cannot be made is a problem of its own; the rest goes on. */
        private @Nullable FakeInode reported(Entry entry, java.util.function.Supplier<FakeInode> make) {
            try {
                return make.get();
            } catch (PosixException failure) {
                job.progress().add(Counter.FAILED, 1);
                job.problems()
                        .add(new Problem(
                                entry.path(),
                                Problem.Severity.ERROR,
                                failure.operation() + ": " + failure.errnoName(),
                                failure.getMessage()));
                return null;
            }
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        ByteBuffer view = buffer.duplicate();
        byte[] out = new byte[view.remaining()];
        view.get(out);
        return out;
    }
}
