/**
 * What changed since a moment, told by the filesystem instead of found by a walk.
 *
 * <p>A {@link io.stripeline.change.ChangeSource} gives {@link io.stripeline.change.Change}s from one {@link
 * io.stripeline.change.Cursor} to another: change logs, event queues, differences of snapshots. A change is a partial fact
 * and never a state: it says where to look, and what is there now is what counts. So an event that comes twice, late or
 * out of order does no harm, and replaying a stream is harmless.
 *
 * <p>{@link io.stripeline.change.Settle} merges duplicates on disk, then looks: what is there becomes rows for the reader
 * stage, what is not becomes {@link io.stripeline.flow.Item.Gone}. Renamed directories are scanned again where they are
 * now, and so is what a {@link io.stripeline.change.Change.Lost} covers: losing an event is an event. Names that were
 * below a directory that was renamed are told by the {@link io.stripeline.change.Past}.
 *
 * <p>A cursor is kept before the job's end is acknowledged; the source is acknowledged only up to the oldest cursor that
 * a future job may still name.
 */
@NullMarked
package io.stripeline.change;

import org.jspecify.annotations.NullMarked;
