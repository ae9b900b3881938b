package io.stripeline.read;

import io.stripeline.flow.AttributeRoom;

/**
 * Where a driver asks before it holds more than {@link AttributeRoom#LIGHT_BYTES} of extended attributes of one entry:
 * of each entry that is read ahead there may be that much, and of few there may be more.
 */
@FunctionalInterface
public interface XattrRoom {
    /** Of whoever has one entry in hand at a time. */
    XattrRoom ALONE = () -> {};

    /**
     * Waits until up to {@link AttributeRoom#MOST_BYTES} of this entry may be held. More calls for one entry return at
     * once.
     *
     * @throws java.util.concurrent.CancellationException where nobody wants the entry any more
     */
    void ask();
}
