package io.stripeline.dedup.blob;

import java.util.function.Consumer;

/**
 * The few file operations that a directory store needs, with the promises of POSIX and no more: data is durable after
 * {@link OpenFile#sync}, names after {@link #syncDirectory}. Names are relative to the store. The power-cut model of the
 * tests is the second implementation.
 */
interface FileOperations extends AutoCloseable {
    /** A file open for writing at its end. */
    interface OpenFile extends AutoCloseable {
        void append(byte[] bytes, int from, int length);

        void sync();

        @Override
        void close();
    }

    /** O_EXCL, mode 0600. */
    OpenFile create(String name);

    /** Bytes read; fewer than asked for only at the end. */
    int read(String name, long offset, byte[] target, int from, int length);

    long sizeBytes(String name);

    /** Gives {@code from} the name {@code to} unless that is taken; false where it is. */
    boolean renameNew(String from, String to);

    void rename(String from, String to);

    /** ENOENT where it is not there. */
    void unlink(String name);

    /** Mode 0700; one that is there is no error. */
    void makeDirectory(String name);

    void syncDirectory(String name);

    /** Names in a directory, with a slash after those of directories; none where the directory is not there. */
    void list(String directory, Consumer<String> each);

    String location();

    @Override
    void close();
}
