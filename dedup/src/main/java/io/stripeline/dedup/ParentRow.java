package io.stripeline.dedup;

import io.stripeline.flow.Base;
import io.stripeline.snapshot.Content;
import io.stripeline.snapshot.Rows;

/**
 * What a parent snapshot knows of an unchanged row.
 *
 * @param rows the part that holds it
 * @param index its place there
 * @param content its content, never a link
 */
record ParentRow(Rows rows, int index, Content content) implements Base.Known {}
