package io.stripeline.ptcomm;

import io.stripeline.inode.RawPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The parameters of a plugin command, in order. Keys may repeat; where one value is wanted the last one counts, since
 * options changed at restore are sent once more behind the rest. Keys are compared without case; a word without a value
 * has the value {@code 1}.
 *
 * @param all in order
 */
public record Parameters(List<Parameter> all) {
    /**
     * One parameter.
     *
     * @param key ASCII by convention
     * @param value raw bytes: paths need not be UTF-8; shared, do not change it
     */
    public record Parameter(String key, byte[] value) {
        /** The value as text. */
        public String text() {
            return new String(value, StandardCharsets.UTF_8);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Parameter
                    && key.equals(((Parameter) other).key)
                    && Arrays.equals(value, ((Parameter) other).value);
        }

        @Override
        public int hashCode() {
            return 31 * key.hashCode() + Arrays.hashCode(value);
        }

        @Override
        public String toString() {
            return key + "=" + RawPath.printable(value);
        }
    }

    public Parameters {
        all = List.copyOf(all);
    }

    /** Of the commands of a Params block, each {@code key=value} without its newline. */
    public static Parameters parse(List<byte[]> commands) {
        List<Parameter> out = new ArrayList<>();
        for (byte[] command : commands) {
            int equals = 0;
            while (equals < command.length && command[equals] != '=') {
                equals++;
            }
            String key = new String(command, 0, equals, StandardCharsets.UTF_8);
            byte[] value = equals == command.length
                    ? new byte[] {'1'}
                    : Arrays.copyOfRange(command, equals + 1, command.length);
            out.add(new Parameter(key, value));
        }
        return new Parameters(out);
    }

    /** The last value of a key, as text. */
    public Optional<String> last(String key) {
        return lastBytes(key).map(value -> new String(value, StandardCharsets.UTF_8));
    }

    /** The last value of a key. */
    public Optional<byte[]> lastBytes(String key) {
        return all.stream()
                .filter(one -> one.key().equalsIgnoreCase(key))
                .reduce((first, second) -> second)
                .map(Parameter::value);
    }

    /** All values of a key, in order. */
    public List<byte[]> each(String key) {
        return all.stream()
                .filter(one -> one.key().equalsIgnoreCase(key))
                .map(Parameter::value)
                .toList();
    }

    /** True for a word alone, and for a value that says yes. */
    public boolean isSet(String key) {
        return last(key)
                .map(value -> List.of("1", "yes", "true", "on").contains(value.toLowerCase(java.util.Locale.ROOT)))
                .orElse(false);
    }

    /** As the plugin reads its own switches: true for a word alone, and for any value but {@code 0}. */
    public boolean isNotZero(String key) {
        return last(key).map(value -> !value.equals("0")).orElse(false);
    }
}
