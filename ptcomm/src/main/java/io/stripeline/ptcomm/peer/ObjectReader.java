package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Restore objects and plugin objects, from behind their name to their EOD. */
final class ObjectReader {
    static final String RESTORE = "RESTOREOBJ:";
    static final String LENGTH = "RESTOREOBJ_LEN:";
    static final String PLUGIN = "PLUGINOBJ:";

    /** Less kills a director with SQLite; more does not fit into a record of a storage daemon. */
    private static final int LEAST_BYTES = 2;

    private static final int MOST_BYTES = 900_000;
    private static final String KEY = "PLUGINOBJ_";
    private static final Set<String> KEYS = Set.of("CAT", "TYPE", "NAME", "SRC", "UUID", "SIZE", "COUNT", "STATUS");
    private static final Set<String> STATES = Set.of("OK", "WARNING", "ERROR", "FATAL");

    private final Wire wire;
    private final ItemCount count;

    ObjectReader(Wire wire, ItemCount count) {
        this.wire = wire;
        this.count = count;
    }

    RestoreObject restoreObject(byte[] name) throws IOException {
        Packet announced = wire.read("the length of a restore object");
        if (!announced.startsWith(LENGTH)) {
            throw wire.broken(25, "behind RESTOREOBJ comes RESTOREOBJ_LEN");
        }
        String text = new String(announced.after(LENGTH), StandardCharsets.US_ASCII);
        if (!text.matches("[0-9]{1,9}")
                || Integer.parseInt(text) < LEAST_BYTES
                || Integer.parseInt(text) > MOST_BYTES) {
            throw wire.broken(25, "a restore object has " + LEAST_BYTES + " to " + MOST_BYTES + " bytes");
        }
        int length = Integer.parseInt(text);
        ByteArrayOutputStream data = new ByteArrayOutputStream(length);
        Packet packet = wire.read("data of a restore object");
        while (packet.status() == Status.DATA && data.size() + packet.payload().length <= length) {
            data.writeBytes(packet.payload());
            packet = wire.read("data of a restore object");
        }
        if (packet.status() != Status.EOD || data.size() != length) {
            throw wire.broken(25, length + " bytes of " + RawBytes.show(name) + " were announced");
        }
        return new RestoreObject(count.item(), name, data.toByteArray());
    }

    PluginObject pluginObject(byte[] path) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        Packet packet = wire.read("a field of a plugin object");
        while (packet.status() != Status.EOD) {
            String line = packet.status() == Status.COMMAND ? MessageLog.text(packet) : "";
            int colon = line.indexOf(':');
            String key = line.startsWith(KEY) && colon > 0 ? line.substring(KEY.length(), colon) : "";
            String value = line.substring(colon + 1);
            if (!KEYS.contains(key) || key.equals("STATUS") && !STATES.contains(value)) {
                throw wire.broken(26, "no such field of a plugin object");
            }
            if ((key.equals("SIZE") || key.equals("COUNT")) && !value.matches("[0-9]+[ a-zA-Z]*")) {
                throw wire.broken(26, "not a number");
            }
            fields.put(key, value);
            packet = wire.read("a field of a plugin object");
        }
        return new PluginObject(count.item(), path, fields);
    }
}
