package io.stripeline.snapshot;

import org.jspecify.annotations.Nullable;

/**
 * The two sorted tables of one layer of a snapshot.
 *
 * @param directories finds rows by directory key; null where there are none
 * @param inodes finds directories by identity; null where there are none
 */
public record Tables(
        @Nullable TableRef directories, @Nullable TableRef inodes) {}
