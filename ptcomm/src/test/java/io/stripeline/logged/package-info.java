/**
 * A filesystem with a log of changes, for tests through processes: a real directory, {@code fs=logged}, whose changes
 * {@link io.stripeline.logged.LoggedTree} makes and writes down in a file beside it. Identities, as a ChangeLog tells them.
 */
@NullMarked
package io.stripeline.logged;

import org.jspecify.annotations.NullMarked;
