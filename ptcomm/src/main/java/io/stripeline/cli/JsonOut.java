package io.stripeline.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** JSON on a stream that stays open, one object a line; memory does not grow with what is written. */
final class JsonOut implements AutoCloseable {
    private interface Write {
        void run() throws IOException;
    }

    private final JsonGenerator json;
    private boolean any;

    JsonOut(PrintStream out) {
        try {
            json = new JsonFactory()
                    .createGenerator(out)
                    .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                    .setRootValueSeparator(new com.fasterxml.jackson.core.io.SerializedString("\n"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    JsonOut begin() {
        any = true;
        return write(json::writeStartObject);
    }

    JsonOut begin(String name) {
        return write(() -> json.writeObjectFieldStart(name));
    }

    JsonOut end() {
        return write(json::writeEndObject);
    }

    JsonOut beginArray(String name) {
        return write(() -> json.writeArrayFieldStart(name));
    }

    JsonOut endArray() {
        return write(json::writeEndArray);
    }

    /** A String, Long, Integer, Double, Boolean, null or a list of strings. */
    JsonOut field(String name, @Nullable Object value) {
        return write(() -> {
            json.writeFieldName(name);
            if (value == null) {
                json.writeNull();
            } else if (value instanceof String text) {
                json.writeString(text);
            } else if (value instanceof Long || value instanceof Integer) {
                json.writeNumber(((Number) value).longValue());
            } else if (value instanceof Double number) {
                json.writeNumber(number);
            } else if (value instanceof Boolean flag) {
                json.writeBoolean(flag);
            } else if (value instanceof List<?> list) {
                json.writeStartArray();
                for (Object element : list) {
                    json.writeString(String.valueOf(element));
                }
                json.writeEndArray();
            } else {
                throw new IllegalArgumentException("No JSON for " + value.getClass());
            }
        });
    }

    private JsonOut write(Write write) {
        try {
            write.run();
            return this;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        write(() -> {
            if (any) {
                json.writeRaw('\n');
            }
            json.close();
        });
    }
}
