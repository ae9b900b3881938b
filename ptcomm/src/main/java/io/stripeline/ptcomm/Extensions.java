package io.stripeline.ptcomm;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What both sides of a session have agreed on beyond stock PTCOMM: the last line of the plugin's parameters offers, the
 * backend's one command before its acknowledgement accepts. Unknown words are ignored, so either side may be newer.
 *
 * @param caps agreed on; empty with a stock peer
 */
public record Extensions(Set<Cap> caps) {
    /** Key of the offer and of the answer. */
    public static final String KEY = "X-SLX";

    private static final String VERSION = "1";

    /** Stock PTCOMM. */
    public static final Extensions NONE = new Extensions(Set.of());

    /** All that this library knows. */
    public static final Extensions ALL = new Extensions(EnumSet.allOf(Cap.class));

    public Extensions {
        caps = Set.copyOf(caps);
    }

    public boolean has(Cap cap) {
        return caps.contains(cap);
    }

    /** What both have. */
    public Extensions and(Extensions other) {
        return new Extensions(caps.stream().filter(other.caps::contains).collect(Collectors.toSet()));
    }

    /** All of it but one. */
    public Extensions without(Cap cap) {
        return new Extensions(caps.stream().filter(one -> one != cap).collect(Collectors.toSet()));
    }

    /** Reads the value of {@link #KEY}; another version than ours offers nothing. */
    public static Extensions parse(String value) {
        Set<Cap> caps = EnumSet.noneOf(Cap.class);
        String[] words = value.trim().split(" +");
        if (words[0].equals(VERSION)) {
            for (Cap cap : Cap.values()) {
                for (String word : words) {
                    if (word.equals(cap.word())) {
                        caps.add(cap);
                    }
                }
            }
        }
        return new Extensions(caps);
    }

    /** The whole line, key and value. */
    public String line() {
        StringBuilder out = new StringBuilder(KEY).append('=').append(VERSION);
        for (Cap cap : Cap.values()) {
            if (has(cap)) {
                out.append(' ').append(cap.word());
            }
        }
        return out.toString();
    }
}
