package io.stripeline.ptcomm.peer;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes what a backup, an estimate or a listing brings, in the order of the wire: {@code begin}, its {@code data}, its
 * {@code end}, then the next item. Called by the thread that holds the conversation; the backend waits meanwhile. An
 * exception ends the conversation.
 */
public interface Receiver {
    /** Takes nothing. */
    Receiver NONE = new Receiver() {};

    /** A file starts. In estimates and listings it is the head alone that comes. */
    default void begin(FileHead head) throws IOException {}

    /**
     * Data of the file.
     *
     * @param offset in the file; it runs on from 0 but where the backend has left out a hole
     * @param data one packet's payload; valid during the call
     */
    default void data(long offset, ByteBuffer data) throws IOException {}

    /** The file is complete. Both are null where the backend sent none. */
    default void end(byte @Nullable [] acl, byte @Nullable [] xattr) throws IOException {}

    default void object(RestoreObject object) throws IOException {}

    default void pluginObject(PluginObject object) throws IOException {}

    /** A name that is no more; of our extension. */
    default void gone(byte[] name) throws IOException {}

    /** All of it still exists, unless said otherwise; of our extension. */
    default void keep(byte[] prefix) throws IOException {}
}
