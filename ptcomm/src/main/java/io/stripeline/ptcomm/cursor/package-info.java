/**
 * What one job leaves for the next on this host: {@link io.stripeline.ptcomm.cursor.JobCursor}. Format and rules: {@code
 * ptcomm/docs/cursor.md}.
 *
 * <p>Bacula is the authority on what is committed: a cursor is named after its job, and only a job that Bacula names as a
 * base has one that counts. A cursor that is missing or damaged is never silently taken for "nothing changed".
 */
@NullMarked
package io.stripeline.ptcomm.cursor;

import org.jspecify.annotations.NullMarked;
