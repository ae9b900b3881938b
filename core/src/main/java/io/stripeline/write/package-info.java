/**
 * From items to files: the restore side. A {@link io.stripeline.write.TreeWriter} creates what a stream of {@link
 * io.stripeline.flow.Item}s describes below one target directory, and nothing outside of it.
 */
@NullMarked
package io.stripeline.write;

import org.jspecify.annotations.NullMarked;
