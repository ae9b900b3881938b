package io.stripeline.ptcomm.peer;

/**
 * Bytes that come back before all files of a restore.
 *
 * @param fileIndex its number in the job
 * @param name raw bytes
 * @param data 2 to 900,000 bytes
 */
public record RestoreObject(long fileIndex, byte[] name, byte[] data) {
    /** For messages. */
    @Override
    public String toString() {
        return RawBytes.show(name) + " (" + data.length + " bytes)";
    }
}
