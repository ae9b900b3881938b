/**
 * The test kit: what tests of every module lean on. Published as the test jar of core.
 *
 * <p>A {@link io.stripeline.testkit.Tree} is a literal of a directory tree. {@link io.stripeline.testkit.DiskTree} makes
 * it on a disk and looks at what is there; {@link io.stripeline.testkit.FakeVolume} holds it in memory. Both give {@link
 * io.stripeline.testkit.TreeFacts}: one row per name, every field that a restore must bring back, to be compared field
 * by field. {@link io.stripeline.testkit.Content} describes the bytes of a file without holding them, so that a literal
 * of 20 GiB costs nothing.
 *
 * <p>{@link io.stripeline.testkit.FaultyVolume} puts faults around any volume. {@link
 * io.stripeline.testkit.VolumeContract} and {@link io.stripeline.testkit.SinkContract} say what every volume and every
 * sink must do; a driver's or a store's test is a subclass of ten lines. {@link io.stripeline.testkit.Seeds} feeds
 * property tests and prints the seed that failed.
 *
 * <p>{@link io.stripeline.testkit.NoLeaks} is registered for every test by itself (JUnit's extension detection): after
 * each test no slab of {@link io.stripeline.testkit.Slabs}, thread named {@code stripeline-}, descriptor or open fake
 * file may be left, and Reactor may not have dropped an error.
 */
@NullMarked
package io.stripeline.testkit;

import org.jspecify.annotations.NullMarked;
