package io.stripeline.read;

import io.stripeline.inode.Attributes;

/**
 * Some attributes of an entry are more than anybody keeps or the kernel hands out. The entry is kept with the others;
 * the reader stage reports it as an error and reads it again in the next backup.
 */
public final class PartialAttributesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Attributes kept;

    /**
     * @param kept everything else
     * @param missing what is missing and why, as a sentence goes on after the path
     */
    public PartialAttributesException(Attributes kept, String missing) {
        super(missing, null, false, false);
        this.kept = kept;
    }

    public Attributes kept() {
        return kept;
    }
}
