package io.stripeline.ptcomm;

import io.stripeline.flow.AttributeRoom;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.slab.SlabPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the blocks of a restore and gives the items that they mean. Reads no further than it is asked for items: a writer
 * that stands still stops the plugin.
 *
 * <p>One thread at a time; blocks while the plugin says nothing.
 */
final class RestoreItems implements AutoCloseable {
    private final RestoreAssembly assembly;
    private final RestoreBlocks blocks;
    private final AttributeRoom room = new AttributeRoom();
    private boolean finished;

    RestoreItems(BackendSession session, RestoreChoice choice, RestoreResults results, SlabPool slabs, Job job) {
        assembly = new RestoreAssembly(session, choice, slabs, job);
        blocks = results.reports()
                ? new RecordBlocks(session, assembly, results)
                : new AnsweredBlocks(session, assembly);
    }

    /** The next item; null after FINISH, which is not acknowledged here. */
    @Nullable
    Item next() {
        try {
            Item item = assembly.poll();
            while (item == null && !finished) {
                finished = !blocks.step();
                item = assembly.poll();
            }
            return item == null ? null : room.enter(item);
        } catch (IOException failed) {
            throw new UncheckedIOException("The plugin ended the restore: " + failed.getMessage(), failed);
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for memory", cancelled);
        }
    }

    /** Releases what is held. */
    @Override
    public void close() {
        room.close();
        assembly.close();
    }
}
