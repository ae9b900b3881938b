package io.stripeline.dedup.store;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.FormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The envelope of small objects: magic, version, a CBOR map, SHA-256. */
final class Envelope {
    static final int CONFIG = 0x534C4346;
    static final int ROOT = 0x534C5254;
    static final int SESSION = 0x534C5345;
    static final int TOMBSTONE = 0x534C5453;
    static final int CONDEMNED = 0x534C4344;
    static final int MAX_BYTES = 16 << 20;
    private static final int HEADER_BYTES = 12;
    private static final int MAX_DEPTH = 8;
    private static final CBORFactory CBOR = new CBORFactory();

    private Envelope() {}

    static byte[] sha256(byte[] bytes, int from, int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, from, length);
            return digest.digest();
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static byte[] seal(int magic, Map<String, Object> map) {
        byte[] payload = encode(map);
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + payload.length + BlobId.BYTES);
        out.putInt(magic).putShort((short) 1).putShort((short) 0).putInt(payload.length);
        out.put(payload);
        out.put(sha256(out.array(), 0, out.position()));
        return out.array();
    }

    /** The digest of the payload of a sealed envelope. */
    static BlobId payloadId(byte[] sealed) {
        return BlobId.of(sha256(sealed, HEADER_BYTES, sealed.length - HEADER_BYTES - BlobId.BYTES), 0);
    }

    static Map<String, Object> open(int magic, String name, byte[] bytes) {
        int end = bytes.length - BlobId.BYTES;
        if (end < HEADER_BYTES) {
            throw new FormatException(name + " at byte " + bytes.length + ": truncated");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getInt(0) != magic) {
            throw new FormatException(name + " at byte 0: not an object of this kind");
        }
        if (!Arrays.equals(sha256(bytes, 0, end), 0, 32, bytes, end, end + 32)) {
            throw new FormatException(name + " at byte " + end + ": the checksum does not match");
        }
        if (in.getShort(4) != 1) {
            throw new FormatException(
                    name + ": version " + in.getShort(4) + " is not known to this program; use a newer one");
        }
        if (in.getInt(8) != end - HEADER_BYTES) {
            throw new FormatException(name + " at byte 8: the length does not match");
        }
        return decode(name, bytes, HEADER_BYTES, end - HEADER_BYTES);
    }

    private static byte[] encode(Map<String, Object> map) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (CBORGenerator generator = CBOR.createGenerator(out)) {
            write(generator, map);
        } catch (IOException failure) {
            throw new IllegalArgumentException("Not encodable as CBOR", failure);
        }
        return out.toByteArray();
    }

    private static void write(CBORGenerator out, Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            out.writeStartObject(map, map.size());
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.writeFieldName((String) entry.getKey());
                write(out, entry.getValue());
            }
            out.writeEndObject();
        } else if (value instanceof List<?> list) {
            out.writeStartArray(list, list.size());
            for (Object each : list) {
                write(out, each);
            }
            out.writeEndArray();
        } else if (value instanceof byte[] bytes) {
            out.writeBinary(bytes);
        } else if (value instanceof Number number) {
            out.writeNumber(number.longValue());
        } else {
            out.writeString((String) value);
        }
    }

    private static Map<String, Object> decode(String name, byte[] bytes, int from, int length) {
        try (CBORParser in = CBOR.createParser(bytes, from, length)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new FormatException(name + ": no CBOR map");
            }
            return map(in, 0);
        } catch (IOException | IllegalStateException failure) {
            throw new FormatException(name + ": broken CBOR", failure);
        }
    }

    private static Map<String, Object> map(CBORParser in, int depth) throws IOException {
        Map<String, Object> out = new LinkedHashMap<>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String key = in.currentName();
            in.nextToken();
            out.put(key, value(in, depth + 1));
        }
        return out;
    }

    private static Object value(CBORParser in, int depth) throws IOException {
        if (depth > MAX_DEPTH || in.currentToken() == null) {
            throw new IllegalStateException("nested too deeply or truncated");
        }
        switch (in.currentToken()) {
            case START_OBJECT:
                return map(in, depth);
            case START_ARRAY:
                List<Object> list = new ArrayList<>();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(in, depth + 1));
                }
                return list;
            case VALUE_EMBEDDED_OBJECT:
                return in.getBinaryValue();
            case VALUE_NUMBER_INT:
                return in.getLongValue();
            default:
                return String.valueOf(in.getText());
        }
    }

    static byte[] bytes(String name, Map<String, Object> map, String key) {
        if (map.get(key) instanceof byte[] bytes) {
            return bytes;
        }
        throw new FormatException(name + ": no bytes '" + key + "'");
    }

    static String text(String name, Map<String, Object> map, String key) {
        if (map.get(key) instanceof String text) {
            return text;
        }
        throw new FormatException(name + ": no text '" + key + "'");
    }

    static int number(String name, Map<String, Object> map, String key) {
        if (map.get(key) instanceof Long number && number == number.intValue()) {
            return number.intValue();
        }
        throw new FormatException(name + ": no number '" + key + "'");
    }

    static List<?> list(String name, Map<String, Object> map, String key) {
        if (map.get(key) instanceof List<?> list) {
            return list;
        }
        throw new FormatException(name + ": no list '" + key + "'");
    }
}
