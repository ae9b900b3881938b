/**
 * JMH benches of the inner loops, run by {@code bench/jmh}. Throughput is in rows, bytes or slabs, never in batches: the
 * numbers of {@code @OperationsPerInvocation} say how many one call handles. Inputs are made from fixed seeds.
 */
@NullMarked
package io.stripeline.bench.jmh;

import org.jspecify.annotations.NullMarked;
