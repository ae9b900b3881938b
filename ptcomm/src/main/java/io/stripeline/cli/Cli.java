package io.stripeline.cli;

import io.stripeline.program.Interrupt;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * From command-line words to an exit code; knows no process, so that tests call it.
 */
final class Cli {
    private Cli() {}

    static int run(String[] args, Console console, Interrupt interrupt) {
        CommandLine line = Verb.commandLine(args.length > 0 ? args[0] : "", console, interrupt);
        line.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setOverwrittenOptionsAllowed(false);
        line.setUsageHelpAutoWidth(false);
        line.setParameterExceptionHandler((wrong, given) -> usage(wrong, console));
        line.setExecutionExceptionHandler((failure, command, parsed) -> failure instanceof Trouble.Usage wrong
                ? usage(new ParameterException(command, String.valueOf(wrong.getMessage())), console)
                : Trouble.report(failure, console, parsed.originalArgs().contains("--debug"), interrupt.isRaised()));
        int code = line.execute(args);
        console.out().flush();
        return code;
    }

    private static int usage(ParameterException wrong, Console console) {
        StringBuilder message = new StringBuilder("stripeline: ").append(wrong.getMessage());
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            List<String> near = NearestName.to(
                    unmatched.getUnmatched().isEmpty()
                            ? ""
                            : unmatched.getUnmatched().get(0),
                    wrong.getCommandLine());
            if (!near.isEmpty()) {
                message.append(". Did you mean ")
                        .append(String.join(" or ", near))
                        .append('?');
            }
        }
        console.err().println(message);
        console.err().println("Try: " + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }
}
