package io.stripeline.snapshot;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import io.stripeline.FileSystemId;
import io.stripeline.Shard;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The CBOR form of a {@link SnapshotRoot}. */
final class RootCode {
    private static final CBORFactory CBOR = new CBORFactory();
    private static final String FORMAT = "stripeline-snapshot";
    private static final int MAX_BYTES = 4 << 20;

    private RootCode() {}

    static byte[] encode(SnapshotRoot root) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        try (CBORGenerator to = CBOR.createGenerator(out)) {
            to.writeStartObject();
            to.writeStringField("format", FORMAT);
            to.writeNumberField("version", Decoder.VERSION);
            texts(to, "features", List.of());
            to.writeStringField("program", root.program());
            to.writeStringField("host", root.host());
            to.writeStringField("user", root.user());
            to.writeStringField("kind", root.kind());
            to.writeArrayFieldStart("filesystems");
            for (FileSystemId id : root.filesystems()) {
                to.writeBinary(id.toBytes());
            }
            to.writeEndArray();
            to.writeBinaryField("path", root.path().toBytes());
            time(to, "start", root.start());
            time(to, "end", root.end());
            to.writeStringField("set", root.set());
            to.writeArrayFieldStart("shard");
            to.writeNumber(root.shard().index());
            to.writeNumber(root.shard().count());
            to.writeString(root.shard().by().name().toLowerCase(Locale.ROOT));
            to.writeEndArray();
            texts(to, "tags", root.tags());
            if (!root.selection().isEmpty()) {
                texts(to, "selection", root.selection());
            }
            to.writeStringField("hash", "sha256");
            to.writeBooleanField("content", root.content());
            to.writeBooleanField("partial", root.partial());
            to.writeBooleanField("incomplete", root.incomplete());
            texts(to, "parents", root.parents());
            counts(to, root.counts());
            to.writeArrayFieldStart("tables");
            for (Tables tables : root.tables()) {
                to.writeStartObject();
                table(to, "directories", tables.directories());
                table(to, "inodes", tables.inodes());
                to.writeEndObject();
            }
            to.writeEndArray();
            to.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // the destination is memory
        }
        return out.toByteArray();
    }

    private static void texts(CBORGenerator to, String key, List<String> values) throws IOException {
        to.writeArrayFieldStart(key);
        for (String value : values) {
            to.writeString(value);
        }
        to.writeEndArray();
    }

    private static void time(CBORGenerator to, String key, Timestamp time) throws IOException {
        to.writeArrayFieldStart(key);
        to.writeNumber(time.seconds());
        to.writeNumber(time.nanos());
        to.writeEndArray();
    }

    private static void counts(CBORGenerator to, Counts counts) throws IOException {
        to.writeObjectFieldStart("counts");
        to.writeNumberField("entries", counts.entries());
        to.writeNumberField("directories", counts.directories());
        to.writeNumberField("files", counts.files());
        to.writeNumberField("bytes", counts.fileBytes());
        to.writeNumberField("changed", counts.changed());
        to.writeNumberField("failed", counts.failed());
        to.writeEndObject();
    }

    private static void table(CBORGenerator to, String key, @Nullable TableRef table) throws IOException {
        if (table == null) {
            to.writeNullField(key);
            return;
        }
        to.writeArrayFieldStart(key);
        to.writeBinary(table.top().toBytes());
        to.writeNumber(table.level());
        to.writeNumber(table.entries());
        to.writeEndArray();
    }

    static SnapshotRoot decode(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new FormatException("A snapshot's root of " + bytes.length + " bytes is damaged");
        }
        try (JsonParser from = CBOR.createParser(bytes)) {
            from.nextToken();
            Object value = value(from, 0);
            if (from.nextToken() != null) {
                throw new FormatException("A snapshot's root is followed by other bytes");
            }
            return root(new Fields(value));
        } catch (FormatException known) {
            throw known;
        } catch (IOException | RuntimeException damaged) { // wrong types, numbers out of range, bad shards
            throw new FormatException("A snapshot's root is damaged: " + damaged.getMessage(), damaged);
        }
    }

    private static @Nullable Object value(JsonParser from, int depth) throws IOException {
        JsonToken token = from.currentToken();
        if (token == null || depth > 6) {
            throw new FormatException("A snapshot's root is truncated or nested too deep");
        }
        switch (token) {
            case START_OBJECT:
                Map<String, @Nullable Object> map = new HashMap<>();
                while (from.nextToken() == JsonToken.FIELD_NAME) {
                    String name = from.currentName();
                    from.nextToken();
                    map.put(name, value(from, depth + 1));
                }
                return map;
            case START_ARRAY:
                List<@Nullable Object> list = new ArrayList<>();
                while (from.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(from, depth + 1));
                }
                return list;
            case VALUE_STRING:
                return from.getText();
            case VALUE_NUMBER_INT:
                return from.getLongValue();
            case VALUE_EMBEDDED_OBJECT:
                return from.getBinaryValue();
            case VALUE_TRUE:
                return Boolean.TRUE;
            case VALUE_FALSE:
                return Boolean.FALSE;
            case VALUE_NULL:
                return null;
            default:
                throw new FormatException("A snapshot's root holds an unexpected " + token);
        }
    }

    private static SnapshotRoot root(Fields in) {
        if (!FORMAT.equals(in.text("format"))) {
            throw new FormatException("Not a snapshot's root but " + in.text("format"));
        }
        if (in.number("version") != Decoder.VERSION
                || !in.list("features").isEmpty()
                || !in.text("hash").equals("sha256")) {
            throw new FormatException("A snapshot of version " + in.number("version") + " with features "
                    + in.list("features") + " and hash " + in.text("hash") + ": use a newer program");
        }
        List<FileSystemId> ids = new ArrayList<>();
        in.list("filesystems").forEach(id -> ids.add(FileSystemId.of((byte[]) id)));
        List<Tables> tables = new ArrayList<>();
        for (Object entry : in.list("tables")) {
            Fields table = new Fields(entry);
            tables.add(new Tables(table(table, "directories"), table(table, "inodes")));
        }
        List<?> shard = in.list("shard");
        Fields counts = new Fields(in.any("counts"));
        return new SnapshotRoot(
                in.text("program"),
                in.text("host"),
                in.text("user"),
                in.text("kind"),
                ids,
                RawPath.of(in.bytes("path")),
                in.time("start"),
                in.time("end"),
                in.text("set"),
                new Shard(
                        Math.toIntExact((Long) shard.get(0)),
                        Math.toIntExact((Long) shard.get(1)),
                        Shard.By.valueOf(((String) shard.get(2)).toUpperCase(Locale.ROOT))),
                in.texts("tags"),
                in.isNull("selection") ? List.of() : in.texts("selection"),
                in.flag("content"),
                in.flag("partial"),
                in.flag("incomplete"),
                in.texts("parents"),
                new Counts(
                        counts.number("entries"),
                        counts.number("directories"),
                        counts.number("files"),
                        counts.number("bytes"),
                        counts.number("changed"),
                        counts.number("failed")),
                tables);
    }

    private static @Nullable TableRef table(Fields in, String key) {
        if (in.isNull(key)) {
            return null;
        }
        List<?> table = in.list(key);
        byte[] id = (byte[]) table.get(0);
        return new TableRef(BlobId.of(id, 0), Math.toIntExact((Long) table.get(1)), (Long) table.get(2));
    }

    /** Typed access to a decoded map; whatever does not fit is a {@link FormatException}. */
    private static final class Fields {
        private final Map<?, ?> map;

        Fields(@Nullable Object value) {
            if (!(value instanceof Map)) {
                throw new FormatException("A snapshot's root has no map where one is due");
            }
            map = (Map<?, ?>) value;
        }

        boolean isNull(String key) {
            return map.get(key) == null;
        }

        Object any(String key) {
            Object value = map.get(key);
            if (value == null) {
                throw new FormatException("A snapshot's root lacks " + key);
            }
            return value;
        }

        String text(String key) {
            return (String) any(key);
        }

        long number(String key) {
            return (Long) any(key);
        }

        boolean flag(String key) {
            return (Boolean) any(key);
        }

        byte[] bytes(String key) {
            return (byte[]) any(key);
        }

        List<?> list(String key) {
            return (List<?>) any(key);
        }

        List<String> texts(String key) {
            List<String> out = new ArrayList<>();
            list(key).forEach(text -> out.add((String) text));
            return out;
        }

        Timestamp time(String key) {
            List<?> parts = list(key);
            return new Timestamp((Long) parts.get(0), Math.toIntExact((Long) parts.get(1)));
        }
    }
}
