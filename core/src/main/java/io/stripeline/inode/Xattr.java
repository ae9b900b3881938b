package io.stripeline.inode;

/**
 * One extended attribute (xattr(7)): full name with its namespace ({@code user.}, {@code trusted.}, {@code security.},
 * {@code system.}) and raw value. POSIX ACLs are the attributes {@code system.posix_acl_access} and {@code
 * system.posix_acl_default}, NFSv4 ACLs {@code system.nfs4_acl}, all in the kernel's binary form.
 *
 * <p>The arrays are shared: do not change them. Equality is by content.
 */
public record Xattr(byte[] name, byte[] value) {
    /** What the heap holds of one beside the bytes of name and value: three objects and their place in a list. */
    public static final int OVERHEAD_BYTES = 72;

    /** About what the heap holds of this one. */
    public int weightBytes() {
        return name.length + value.length + OVERHEAD_BYTES;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Xattr
                && java.util.Arrays.equals(name, ((Xattr) other).name)
                && java.util.Arrays.equals(value, ((Xattr) other).value);
    }

    @Override
    public int hashCode() {
        return 31 * java.util.Arrays.hashCode(name) + java.util.Arrays.hashCode(value);
    }

    /** Name and length only: values may be secrets. */
    @Override
    public String toString() {
        return RawPath.printable(name) + " (" + value.length + " bytes)";
    }
}
