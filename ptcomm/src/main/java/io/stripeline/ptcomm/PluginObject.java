package io.stripeline.ptcomm;

import io.stripeline.inode.RawPath;
import io.stripeline.ptcomm.wire.NameEscape;
import io.stripeline.ptcomm.wire.PacketWriter;
import io.stripeline.ptcomm.wire.Text;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A description for the catalog's table {@code Object}: something that a person would restore as a whole. It carries no
 * content, and no restore gets it.
 *
 * @param path absolute; the catalog has it as directory and name
 * @param status how it was saved
 * @param texts what people read, without NUL and line breaks; those that are missing are empty in the catalog
 * @param sizeBytes of all of it
 * @param count of what is in it; bacula-fd 15.0.3 stores 0
 */
public record PluginObject(RawPath path, Status status, Map<Field, String> texts, long sizeBytes, long count) {
    /** How it was saved. */
    public enum Status {
        OK,
        WARNING,
        ERROR,
        FATAL
    }

    /** What is told in words. */
    public enum Field {
        /** What kind of thing it is, as {@code Filesystem}. */
        CATEGORY("CAT"),
        /** What kind of that, as {@code Tree}. */
        TYPE("TYPE"),
        /** Its name for people. */
        NAME("NAME"),
        /** Where it is from, as a host. */
        SOURCE("SRC"),
        UUID("UUID");

        private final String key;

        Field(String key) {
            this.key = key;
        }
    }

    public PluginObject {
        texts = Map.copyOf(texts);
        if (!path.isAbsolute() || path.length() < 2 || sizeBytes < 0 || count < 0) {
            throw new IllegalArgumentException("A plugin object has an absolute path and no negative numbers: " + path);
        }
        texts.forEach((field, text) -> {
            if (text.chars().anyMatch(c -> c < ' ')) {
                throw new IllegalArgumentException("The " + field + " of " + path + " has a control character");
            }
        });
    }

    /** One with nothing but a path, a name and a good end. */
    public static PluginObject of(RawPath path, String name) {
        return new PluginObject(path, Status.OK, Map.of(Field.NAME, name), 0, 0);
    }

    void write(PacketWriter out) throws IOException {
        out.command(new Text().start("PLUGINOBJ:").add(NameEscape.escape(path.toBytes())));
        for (Field field : Field.values()) {
            String text = texts.getOrDefault(field, "").strip();
            if (!text.isEmpty()) {
                out.command("PLUGINOBJ_" + field.key + ":", text.getBytes(StandardCharsets.UTF_8));
            }
        }
        out.command("PLUGINOBJ_SIZE:" + sizeBytes);
        out.command("PLUGINOBJ_COUNT:" + count);
        out.command("PLUGINOBJ_STATUS:" + status);
        out.eod();
    }
}
