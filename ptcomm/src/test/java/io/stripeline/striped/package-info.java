/**
 * A filesystem of the tests in which each file has a layout of its own: 60,000 bytes that are made of its name. It lies on
 * any directory. Whoever restores to it finds out which files were announced with the layout that they had.
 *
 * <p>Chosen by {@code fs=striped}, and for all trees of a process with the system property
 * {@value io.stripeline.striped.StripedDriver#LOG}, which names the file that restored names go to.
 */
@NullMarked
package io.stripeline.striped;

import org.jspecify.annotations.NullMarked;
