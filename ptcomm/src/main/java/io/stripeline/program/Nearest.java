package io.stripeline.program;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Finds the word that somebody meant. */
public final class Nearest {
    /** More than two slips in a word are another word. */
    private static final int MOST_EDITS = 2;

    private Nearest() {}

    /** Those of {@code names} that are nearest to {@code word}, none where all are far. */
    public static List<String> to(String word, Iterable<String> names) {
        TreeMap<Integer, List<String>> byDistance = new TreeMap<>();
        for (String name : names) {
            boolean starts = word.length() > 3 && name.startsWith(word);
            byDistance
                    .computeIfAbsent(starts ? 1 : distance(word, name), d -> new ArrayList<>())
                    .add(name);
        }
        return byDistance.isEmpty() || byDistance.firstKey() > Math.min(MOST_EDITS, word.length() / 2)
                ? List.of()
                : byDistance.firstEntry().getValue();
    }

    /** Levenshtein distance, with two rows. */
    public static int distance(String a, String b) {
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
