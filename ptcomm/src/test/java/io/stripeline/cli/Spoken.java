package io.stripeline.cli;

import io.stripeline.program.Interrupt;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** A console that remembers, and what the command answered. */
final class Spoken {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Console console;
    private int code = -1;

    Spoken() {
        this(false);
    }

    Spoken(boolean terminal) {
        console = new Console(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                terminal);
    }

    static Spoken run(Object... words) {
        Spoken spoken = new Spoken();
        String[] args = new String[words.length];
        for (int i = 0; i < words.length; i++) {
            args[i] = words[i].toString();
        }
        spoken.code = Cli.run(args, spoken.console, Interrupt.none());
        return spoken;
    }

    Console console() {
        return console;
    }

    int code() {
        return code;
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "code " + code + "\n--- out\n" + out() + "\n--- err\n" + err();
    }
}
