package io.stripeline.cli;

import io.stripeline.program.Interrupt;
import io.stripeline.program.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The verbs, in the order of the help. */
enum Verb {
    BACKUP(BackupCommand::new),
    RESTORE(RestoreCommand::new),
    SNAPSHOTS(SnapshotsCommand::new),
    LS(LsCommand::new),
    DIFF(DiffCommand::new),
    CHECK(CheckCommand::new),
    STATS(StatsCommand::new),
    SCAN(ScanCommand::new),
    DOCTOR(DoctorCommand::new),
    SHARDS((console, interrupt) -> new ShardsCommand(console)),
    COMPLETION((console, interrupt) -> new CompletionCommand(console));

    @Command(
            name = "stripeline",
            description = "Backup of large and parallel filesystems.",
            synopsisSubcommandLabel = "VERB",
            footerHeading = "%nExamples:%n",
            footer = {
                "  stripeline backup /usr/share --to ./store",
                "  stripeline restore ./store latest --to ./restored",
                "",
                "stripeline VERB --help tells the options of a verb, with an example.",
                "Exit codes: 0 done, 1 failed or damage found, 2 wrong usage, 3 done but some",
                "files could not be read or written, 130 and 143 stopped by a signal."
            })
    private static final class Root implements Runnable {
        @Spec
        @SuppressWarnings("NullAway.Init") // set by the parser
        private CommandSpec spec;

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this help.")
        @SuppressWarnings("UnusedVariable") // picocli sets it and acts on it
        boolean help;

        @Option(
                names = {"-V", "--version"},
                versionHelp = true,
                description = "Show the version.")
        @SuppressWarnings("UnusedVariable") // picocli sets it and acts on it
        boolean version;

        @Override
        public void run() {
            throw new ParameterException(spec.commandLine(), "a VERB is missing, one of " + String.join(", ", names()));
        }
    }

    @SuppressWarnings("ImmutableEnumChecker") // a constructor reference, which never changes
    private final BiFunction<Console, Interrupt, Callable<Integer>> make;

    Verb(BiFunction<Console, Interrupt, Callable<Integer>> make) {
        this.make = make;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static List<String> names() {
        List<String> out = new ArrayList<>();
        for (Verb verb : values()) {
            out.add(verb.word());
        }
        return out;
    }

    /**
     * The parser for a command line that starts with {@code first}. Where that is a verb, only that one is added: the
     * model of a verb's options costs milliseconds of a cold JVM.
     */
    static CommandLine commandLine(String first, Console console, Interrupt interrupt) {
        boolean known = names().contains(first) && !first.equals(COMPLETION.word());
        CommandLine line = new CommandLine(new Root());
        line.getCommandSpec().version(Version.line());
        line.getCommandSpec().usageMessage().sortOptions(false).sortSynopsis(false);
        for (Verb verb : values()) {
            if (!known || verb.word().equals(first)) {
                CommandLine sub = new CommandLine(verb.make.apply(console, interrupt));
                sub.getCommandSpec().usageMessage().sortOptions(false).sortSynopsis(false);
                line.addSubcommand(verb.word(), sub);
            }
        }
        return line;
    }
}
