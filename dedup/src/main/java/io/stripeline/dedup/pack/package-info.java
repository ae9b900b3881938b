/**
 * Pack files. A <em>chunk</em> is a blob's bytes; several chunks after each other, compressed as one, are a
 * <em>frame</em>; frames of one kind of blob are a <em>pack</em>, which ends with a <em>directory</em> of its frames and
 * chunks. The bytes are in {@code dedup/docs/store-format.md}. Every part has a checksum; what does not fit is a {@link
 * io.stripeline.snapshot.FormatException} that names the pack and the offset.
 */
@NullMarked
package io.stripeline.dedup.pack;

import org.jspecify.annotations.NullMarked;
