/**
 * Whole-program benches that {@code bench/run} starts, each in a fresh JVM: one class, one {@code main}, one line of
 * numbers. "From main" on such a line means from the entry of {@code main}: the start of the JVM is left out, JIT,
 * collector and loading of native bindings are not.
 */
@NullMarked
package io.stripeline.bench;

import org.jspecify.annotations.NullMarked;
