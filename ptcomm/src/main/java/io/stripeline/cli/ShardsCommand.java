package io.stripeline.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "shards",
        description = {
            "Tell which Bacula jobs restore a set of shards whole, newest state.",
            "",
            "A restore by 'select' takes one FileSet only. Without --console it prints what to give to bconsole, whose answer"
                    + " lists the jobs; with it the answer is read and the console's restore command printed."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  stripeline shards lustre-1 lustre-2 lustre-3 lustre-4 | bconsole",
            "  stripeline shards lustre-1 lustre-2 lustre-3 lustre-4 --console bconsole"
        })
final class ShardsCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "JOB", arity = "1..*", description = "Name of the Job of each shard.")
    private List<String> names = List.of();

    @Option(
            names = "--console",
            paramLabel = "COMMAND",
            description = "The console to ask, with its options, for example 'bconsole -c /etc/bacula/bconsole.conf'.")
    private @Nullable String command;

    @Option(names = "--debug", description = "Show the stack trace of a failure.")
    @SuppressWarnings("UnusedVariable") // seen where failures are told
    private boolean debug;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli sets it and acts on it
    private boolean help;

    ShardsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        ShardJobs jobs = new ShardJobs(names);
        if (command == null) {
            console.out().print(jobs.commands());
        } else {
            console.out().println(jobs.restore(ask(command, jobs.commands())));
        }
        return ExitCode.DONE;
    }

    private static String ask(String command, String commands) throws IOException, InterruptedException {
        // by a file: a console that answers while it reads would wait for us as we wait for it, once both pipes are
        // full
        Path input = Files.createTempFile("stripeline-shards-", ".commands");
        try {
            Files.writeString(input, commands);
            Process process = new ProcessBuilder(List.of(command.trim().split("\\s+", -1)))
                    .redirectErrorStream(true)
                    .redirectInput(input.toFile())
                    .start();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new Trouble.Refused(command + " ended with status " + status + ":\n" + answer.strip());
            }
            return answer;
        } finally {
            Files.delete(input);
        }
    }
}
