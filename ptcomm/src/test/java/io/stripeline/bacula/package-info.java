/**
 * Jobs of the real Bacula: Director, Storage daemon and File daemon of the lab in {@code examples/bacula}, with our plugin
 * and our backend. They need root, a network at the first time, and some minutes; so they run where
 * {@code -Dstripeline.bacula=true} says so, and say how to do it elsewhere.
 */
@NullMarked
package io.stripeline.bacula;

import org.jspecify.annotations.NullMarked;
