package io.stripeline.dedup;

import io.stripeline.flow.Base;
import io.stripeline.snapshot.Content;
import io.stripeline.snapshot.Row;
import io.stripeline.snapshot.Rows;
import org.jspecify.annotations.Nullable;

/**
 * What a parent snapshot knows of an unchanged row.
 *
 * @param rows the part that holds it
 * @param index its place there
 * @param content its content, never a link
 * @param holder for a row that is a link the row that holds content and attributes, else null
 */
record ParentRow(
        Rows rows, int index, Content content, @Nullable Row holder) implements Base.Known {}
