package io.stripeline.ptcomm.blob;

/**
 * A restore object: bytes that a restore gets before all files.
 *
 * @param name ASCII, without white space
 * @param bytes 2 to 900,000 bytes; shared, do not change them
 */
public record RestoreObject(String name, byte[] bytes) {
    @Override
    public boolean equals(Object other) {
        return other instanceof RestoreObject
                && name.equals(((RestoreObject) other).name)
                && java.util.Arrays.equals(bytes, ((RestoreObject) other).bytes);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + java.util.Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return name + " (" + bytes.length + " bytes)";
    }
}
