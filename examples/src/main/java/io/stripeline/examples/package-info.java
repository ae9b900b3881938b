/**
 * Programs that embed the library, each small enough to be read at one sitting. Every one of them is run by a test.
 *
 * <p>They may wait for a stream with {@code block()}, since each is the end of its sentence: a program.
 */
@NullMarked
package io.stripeline.examples;

import org.jspecify.annotations.NullMarked;
