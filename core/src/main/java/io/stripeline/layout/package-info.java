/**
 * Where the bytes of a file lie: a {@link io.stripeline.layout.Layout} says how it is striped over storage targets, an
 * {@link io.stripeline.layout.Extent} which parts hold data. Layouts that no one here understands are carried as
 * opaque bytes and never dropped.
 */
@NullMarked
package io.stripeline.layout;

import org.jspecify.annotations.NullMarked;
