/**
 * What all our processes share: waiting for one pipeline that a signal may cancel, naming problems without end, numbers
 * for people, mounts, and which version this is.
 *
 * <p>Used by the command ({@code cli}) and by the process that bacula-fd's plugin starts ({@code backend}), not by
 * libraries.
 */
@NullMarked
package io.stripeline.program;

import org.jspecify.annotations.NullMarked;
