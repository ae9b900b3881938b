/**
 * Any mounted filesystem, by plain system calls: the driver {@code posix}, the fall-back for all others.
 *
 * <p>{@link io.stripeline.fs.posix.PosixContent} opens and reads entries without following a symlink anywhere.
 */
@NullMarked
package io.stripeline.fs.posix;

import org.jspecify.annotations.NullMarked;
