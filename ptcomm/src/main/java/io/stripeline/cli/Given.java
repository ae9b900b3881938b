package io.stripeline.cli;

import java.util.function.Function;

/** Values of options and parameters that are more than a word: read before anything is opened or made. */
final class Given {
    private Given() {}

    /**
     * What {@code read} makes of the value of {@code option}.
     *
     * @throws Trouble.Usage where that is an IllegalArgumentException
     */
    static <V, T> T as(String option, V value, Function<V, T> read) {
        try {
            return read.apply(value);
        } catch (IllegalArgumentException wrong) {
            throw new Trouble.Usage("Invalid value for " + option + ": " + wrong.getMessage());
        }
    }

    /** A number in a range. */
    static void number(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new Trouble.Usage("Invalid value for " + option + ": " + least + " to " + most + ", not " + value);
        }
    }
}
