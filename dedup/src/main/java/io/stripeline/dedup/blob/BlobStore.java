package io.stripeline.dedup.blob;

import java.util.function.Consumer;

/**
 * Named byte strings that many processes on many machines read and write at once, without a server of ours. The commit
 * protocol of {@code dedup/docs/store-format.md} rests on these guarantees, which every implementation gives:
 *
 * <ul>
 *   <li><b>Durable</b>: what a method acknowledged survives a crash and a power cut.
 *   <li><b>Atomic</b>: an object is there whole or not at all, for every reader, at any time.
 *   <li><b>Read after write</b>: what was acknowledged is seen by every later read, from any machine.
 *   <li><b>Coherent listing</b>: a listing that starts after the acknowledgement has the object; one that starts after
 *       an acknowledged deletion has it not. What changes during a listing may or may not be in it.
 *   <li><b>Conditional create</b>: of several creators of one name exactly one succeeds.
 * </ul>
 *
 * Thread-safe. Methods block and throw {@link io.stripeline.posix.PosixException}; after a failed write the object may or
 * may not be there, whole.
 */
public interface BlobStore extends AutoCloseable {
    /** An object of a listing. */
    record Entry(String name, long sizeBytes) {}

    /** Starts a new object that is written piece by piece; it appears at {@link BlobWriter#commit}. */
    BlobWriter create(String name);

    /** Makes an object unless one of that name is there; tells whether it did. */
    boolean createNew(String name, byte[] bytes);

    /** Makes an object or replaces the one that is there, atomically. */
    void replace(String name, byte[] bytes);

    /** A whole small object. ENOENT where there is none, EFBIG where it is longer than {@code maxBytes}. */
    byte[] read(String name, int maxBytes);

    /**
     * Reads {@code length} bytes from {@code offset} into {@code target}.
     *
     * @return bytes read: fewer than {@code length} only where the object ends
     */
    int read(String name, long offset, byte[] target, int from, int length);

    /** Length of an object; ENOENT where there is none. */
    long sizeBytes(String name);

    /** Every object below {@code folder}, in no order, however many there are. */
    void list(String folder, Consumer<Entry> each);

    /** Removes an object. One that is not there is no error. */
    void delete(String name);

    /**
     * What was begun and not committed, in no order: of writers at work on any machine, and of those that crashed. Names
     * mean something to {@link #deleteUnfinished} alone.
     */
    void listUnfinished(Consumer<Entry> each);

    /** Throws away what was begun; its writer, if there still is one, fails at commit. One that is gone is no error. */
    void deleteUnfinished(String name);

    /** Where this is, for messages. */
    String location();

    @Override
    void close();
}
