/**
 * What a user of the library imports first.
 *
 * <p>A {@link io.stripeline.FileSystemDriver} knows one kind of filesystem and opens a {@link io.stripeline.Volume}: a
 * directory tree with streams of what is in it. {@link io.stripeline.Capabilities} says what a volume can do here and
 * for this user. A {@link io.stripeline.Shard} is one of N disjoint parts of a namespace.
 */
@NullMarked
package io.stripeline;

import org.jspecify.annotations.NullMarked;
