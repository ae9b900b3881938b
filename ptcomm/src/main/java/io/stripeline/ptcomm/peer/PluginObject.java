package io.stripeline.ptcomm.peer;

import java.util.Map;

/**
 * A description for the catalog only.
 *
 * @param fileIndex its number in the job
 * @param path raw bytes
 * @param fields by the key on the wire without {@code PLUGINOBJ_}, for example {@code CAT}
 */
public record PluginObject(long fileIndex, byte[] path, Map<String, String> fields) {
    public PluginObject {
        fields = Map.copyOf(fields);
    }

    /** For messages. */
    @Override
    public String toString() {
        return RawBytes.show(path) + " " + fields;
    }
}
