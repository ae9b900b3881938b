/**
 * What does not fit into memory, in files without a name: they go with the process, and the kernel's page cache is
 * their cache.
 */
@NullMarked
package io.stripeline.spill;

import org.jspecify.annotations.NullMarked;
