/**
 * What PTCOMM cannot carry of an entry, as opaque bytes that travel beside it: {@link
 * io.stripeline.ptcomm.blob.EntryBlob}, and the table of layouts that entries refer to. The formats are in {@code
 * ptcomm/docs/blob.md}; a volume may be read decades later, so they are versioned, checked, and held by golden files.
 *
 * <p>Bytes from a volume are hostile until they are proved intact: memory is bounded by their length.
 */
@NullMarked
package io.stripeline.ptcomm.blob;

import org.jspecify.annotations.NullMarked;
