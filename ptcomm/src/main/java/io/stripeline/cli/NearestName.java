package io.stripeline.cli;

import io.stripeline.program.Nearest;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** Finds the option or verb that somebody meant. */
final class NearestName {
    private NearestName() {}

    /** The names that are nearest to {@code word}, none where all are far. */
    static List<String> to(String word, CommandLine command) {
        String bare = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
        List<String> names = new ArrayList<>();
        if (bare.startsWith("-")) {
            command.getCommandSpec().options().forEach(option -> names.addAll(List.of(option.names())));
        } else if (command.getParent() == null) {
            names.addAll(Verb.names());
        }
        return Nearest.to(bare, names);
    }
}
