package io.stripeline.read;

import io.stripeline.inode.Attributes;

/**
 * Some attributes of an entry are more than anybody keeps or the kernel hands out, or this inode alone does not tell
 * them. The entry is kept with the others;
 * the reader stage reports it as an error and reads it again in the next backup.
 */
public final class PartialAttributesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Attributes kept;
    private final String kind;

    /**
     * @param kept everything else
     * @param kind groups failures of one kind, for example {@code extended attributes: E2BIG}
     * @param missing what is missing and why, as a sentence goes on after the path
     */
    public PartialAttributesException(Attributes kept, String kind, String missing) {
        super(missing, null, false, false);
        this.kept = kept;
        this.kind = kind;
    }

    /** Kind of what is missing and errno. */
    public String kind() {
        return kind;
    }

    public Attributes kept() {
        return kept;
    }
}
