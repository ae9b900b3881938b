package io.stripeline.read;

import io.stripeline.flow.Item;
import org.jspecify.annotations.Nullable;

/** One place in the {@link Line}: the items that one row of the scan becomes, or several rows that need no reading. */
interface Turn {
    /** The next item of this turn, waiting for it if need be; null when the turn is over. One thread only. */
    @Nullable
    Item next();

    /** Entries in it that hold, or will hold, a descriptor and slabs. */
    int reads();

    /** Ends the turn early: releases what it holds and stops who works for it. Any thread, any number of times. */
    void close();
}
