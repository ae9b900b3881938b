package io.stripeline.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import picocli.CommandLine;

/** Finds the option or verb that somebody meant. */
final class Nearest {
    /** More than two slips in a word are another word. */
    private static final int MOST_EDITS = 2;

    private Nearest() {}

    /** The names that are nearest to {@code word}, none where all are far. */
    static List<String> to(String word, CommandLine command) {
        String bare = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
        List<String> names = new ArrayList<>();
        if (bare.startsWith("-")) {
            command.getCommandSpec().options().forEach(option -> names.addAll(List.of(option.names())));
        } else if (command.getParent() == null) {
            names.addAll(Verb.names());
        }
        TreeMap<Integer, List<String>> byDistance = new TreeMap<>();
        for (String name : names) {
            boolean starts = bare.length() > 3 && name.startsWith(bare);
            byDistance
                    .computeIfAbsent(starts ? 1 : distance(bare, name), d -> new ArrayList<>())
                    .add(name);
        }
        return byDistance.isEmpty() || byDistance.firstKey() > Math.min(MOST_EDITS, bare.length() / 2)
                ? List.of()
                : byDistance.firstEntry().getValue();
    }

    /** Levenshtein distance, with two rows. */
    static int distance(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[b.length()];
    }
}
