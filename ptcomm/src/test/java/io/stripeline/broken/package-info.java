/**
 * A driver that fails as no driver should, {@code fs=broken}: by an {@link java.lang.Error}, or by saying nothing for as long
 * as a test wants.
 */
@NullMarked
package io.stripeline.broken;

import org.jspecify.annotations.NullMarked;
