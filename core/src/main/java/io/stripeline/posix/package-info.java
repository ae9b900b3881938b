/** The libc binding. */
@NullMarked
package io.stripeline.posix;

import org.jspecify.annotations.NullMarked;
