package io.stripeline.scan;

import io.stripeline.inode.Dir;
import org.jspecify.annotations.Nullable;

/** What a worker can take. Each holds its directory open until it is done or dropped. */
sealed interface Work {
    int lane();

    /** Gives the descriptor back without doing the work. */
    void drop();

    /** The root of the walk, to be opened. */
    record Root() implements Work {
        @Override
        public int lane() {
            return 0;
        }

        @Override
        public void drop() {}
    }

    /**
     * A directory to open.
     *
     * @param parent open, or null where descriptors were short or the item was on disk: then by path from the root
     * @param device of the directory, as its stat said
     */
    record Pending(
            @Nullable OpenDir parent, Dir dir, long device, long parentDevice, long pathHash, boolean owned, int lane)
            implements Work {
        @Override
        public void drop() {
            if (parent != null) {
                parent.release();
            }
        }

        /** The same without a descriptor. */
        Pending detached() {
            return new Pending(null, dir, device, parentDevice, pathHash, owned, lane);
        }
    }

    /** A directory whose listing goes on from the position of its descriptor. */
    record Listing(OpenDir dir) implements Work {
        @Override
        public int lane() {
            return dir.lane;
        }

        @Override
        public void drop() {
            dir.release();
        }
    }

    /**
     * Names to stat.
     *
     * @param names each with its NUL
     * @param rules what {@link Selection} says of each
     */
    record Names(OpenDir dir, byte[] names, byte[] rules) implements Work {
        @Override
        public int lane() {
            return dir.lane;
        }

        @Override
        public void drop() {
            dir.release();
        }
    }
}
