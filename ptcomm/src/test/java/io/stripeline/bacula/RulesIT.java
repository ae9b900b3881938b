package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Options and Exclude of a FileSet choose the same entries of a plugin command as of a File line. Estimates show it: they
 * ask for each name as backups do, and cost neither volume nor catalog.
 */
final class RulesIT {
    /** As with a stock plugin, one question a name; and our plugin without its question for many. */
    private static final List<String> PROTOCOLS = List.of("", " slx=off", " slx=meta,seen,tally,holes,one,batch");

    private static final List<String> DIRECTORIES = List.of("keep", "keep/tmp", "tmp", "cache.d", "deep", "deep/er");
    private static final List<String> FILES = List.of("a.txt", "b.o", "c~", "core.123", "D.TXT", "e.log");

    private static final Pattern LISTED = Pattern.compile("^([-dlbcps])[rwxsStT-]{9}.*?(/.*)$", Pattern.MULTILINE);

    /** One block for some files, which come among the others, and one for the rest. */
    private static final String SIGNED = """
            Options { wildfile = "*.o"; wildfile = "*.log"; signature = SHA1 }
            Options { signature = MD5 }
            """;

    private static BaculaLab lab;
    private static Path tree;

    /** Rules, what they take away, and what is left though one might think otherwise. */
    enum Rules {
        NONE("", "", List.of(), List.of("keep/b.o", "keep/tmp/a.txt")),
        /** Each kind in Options of its own. */
        EXCLUDED(
                """
                Options { wildfile = "*.o"; exclude = yes }
                Options { wilddir = "*/keep/tmp"; exclude = yes }
                Options { regexfile = ".*/core\\\\.[0-9]+$"; exclude = yes }
                Options { regexdir = ".*/cache\\\\.d$"; exclude = yes }
                Options { wild = "*.TXT"; ignorecase = yes; exclude = yes }
                Options { regex = ".*/(er|e\\\\.log)$"; exclude = yes }
                """,
                "",
                List.of(
                        "keep/b.o",
                        "keep/tmp/",
                        "keep/tmp/c~",
                        "tmp/core.123",
                        "cache.d/",
                        "cache.d/c~",
                        "keep/a.txt",
                        "keep/D.TXT",
                        "deep/er/",
                        "deep/er/c~",
                        "tmp/e.log"),
                List.of("keep/c~", "tmp/c~", "deep/c~")),
        ALL_IN_ONE(
                "Options { wilddir = \"*/tmp\"; wildfile = \"*~\"; regexfile = \"\\\\.log$\"; exclude = yes }",
                "",
                List.of("tmp/", "keep/tmp/", "keep/tmp/a.txt", "keep/c~", "deep/e.log"),
                List.of("keep/a.txt", "keep/b.o")),
        /** What is not named is left out, and where a directory is, so is all that it has. */
        INCLUDED(
                """
                Options { wilddir = "*/rules"; wilddir = "*/keep"; wildfile = "*.txt"; regexfile = "/core\\\\.[0-9]+$" }
                Options { wild = "*"; exclude = yes }
                """,
                "",
                List.of("keep/b.o", "keep/D.TXT", "keep/tmp/", "keep/tmp/a.txt", "tmp/", "tmp/a.txt"),
                List.of("keep/", "keep/a.txt", "keep/core.123")),
        FIRST_WINS("""
                Options { wild = "*/keep/*.o" }
                Options { wildfile = "*.o"; exclude = yes }
                """, "", List.of("tmp/b.o", "deep/er/b.o"), List.of("keep/b.o", "keep/tmp/b.o")),
        NAMED(
                "",
                "Exclude { File = \"%s/deep\"\n File = \"%1$s/keep/a.txt\"\n File = \"%1$s/keep/tmp\" }",
                List.of("deep/", "deep/a.txt", "deep/er/", "deep/er/a.txt", "keep/a.txt", "keep/tmp/", "keep/tmp/b.o"),
                List.of("keep/b.o", "tmp/a.txt"));

        private final String options;
        private final String exclude;
        private final List<String> gone;
        private final List<String> left;

        Rules(String options, String exclude, List<String> gone, List<String> left) {
            this.options = options;
            this.exclude = exclude;
            this.gone = gone;
            this.left = left;
        }

        /** The FileSet and job of the daemon itself, or of us where a protocol is told. */
        private String job(String protocol) {
            return "rules-" + name().replace('_', '-') + (protocol.isEmpty() ? "" : "-") + protocol;
        }
    }

    @BeforeAll
    static void up() throws Exception {
        lab = BaculaLab.up();
        tree = lab.tree("rules");
        for (String directory : DIRECTORIES) {
            Files.createDirectories(tree.resolve(directory));
            for (String file : FILES) {
                Files.writeString(tree.resolve(directory).resolve(file), "x");
            }
        }
        StringBuilder all = new StringBuilder();
        define(all, "signed", SIGNED + "File = \"" + tree + "\"", "");
        for (int i = 0; i < PROTOCOLS.size(); i++) {
            define(all, "signed" + i, SIGNED + "Plugin = \"stripeline: path=" + tree + PROTOCOLS.get(i) + "\"", "");
        }
        for (Rules rules : Rules.values()) {
            define(all, rules, rules.job(""), "File = \"" + tree + "\"");
            for (int i = 0; i < PROTOCOLS.size(); i++) {
                String command = "Plugin = \"stripeline: path=" + tree + PROTOCOLS.get(i) + "\"";
                define(all, rules, rules.job("ours" + i), command);
            }
        }
        lab.configure("rules", all.toString());
    }

    private static void define(StringBuilder to, Rules rules, String name, String item) {
        define(to, name, item + "\nOptions { signature = MD5 }\n" + rules.options, rules.exclude.formatted(tree));
    }

    private static void define(StringBuilder to, String name, String include, String exclude) {
        to.append("""
                FileSet {
                  Name = %1$s
                  Ignore FileSet Changes = yes
                  Include {
                    %2$s
                  }
                  %3$s
                }
                Job {
                  Name = %1$s
                  JobDefs = LabBackup
                  FileSet = %1$s
                }
                """.formatted(name, include, exclude));
    }

    /** Names that a job would save, relative to the tree, sorted. */
    private static List<String> estimated(String job) throws Exception {
        List<String> out = new ArrayList<>();
        Matcher line = LISTED.matcher(lab.console("estimate listing job=" + job));
        while (line.find()) {
            String name = line.group(2).strip();
            if (line.group(1).equals("d") && !name.endsWith("/")) { // which a listing of the daemon's own leaves out
                name += "/";
            }
            if (name.startsWith(tree + "/")) {
                out.add(name.substring(tree.toString().length() + 1));
            }
        }
        return out.stream().sorted().toList();
    }

    @ParameterizedTest
    @EnumSource(Rules.class)
    void theSameAsOfAFileLine(Rules rules) throws Exception {
        List<String> stock = estimated(rules.job(""));
        assertChosen(rules, stock);
        for (int i = 0; i < PROTOCOLS.size(); i++) {
            assertThat(estimated(rules.job("ours" + i)))
                    .as(rules + PROTOCOLS.get(i))
                    .isEqualTo(stock);
        }
    }

    /** That the rules do what they are here for, which is not ours to show but what makes the comparison mean something. */
    private static void assertChosen(Rules rules, List<String> names) {
        assertThat(names).as(rules + " and " + names).contains(rules.left.toArray(new String[0]));
        int all = 1 + DIRECTORIES.size() * (1 + FILES.size());
        if (rules == Rules.NONE) {
            assertThat(names).hasSize(all);
        } else {
            assertThat(names).hasSizeLessThan(all).doesNotContain(rules.gone.toArray(new String[0]));
        }
    }

    /** Jobs choose as their estimates say, of what has changed too. */
    @Test
    void aFullJobAndAnIncremental() throws Exception {
        String[] jobs = {Rules.EXCLUDED.job(""), Rules.EXCLUDED.job("ours0")};
        Thread.sleep(3100);
        List<List<String>> full = new ArrayList<>();
        for (String job : jobs) {
            full.add(relative(lab.run(job, "Full").good()));
        }
        assertChosen(Rules.EXCLUDED, full.get(0));
        assertThat(full.get(1)).isEqualTo(full.get(0));
        Thread.sleep(3100);
        for (String name : List.of("keep/c~", "keep/a.txt", "keep/new", "keep/new.o", "cache.d/new", "keep/tmp/c~")) {
            Files.writeString(tree.resolve(name), "changed");
        }
        for (String job : jobs) {
            assertThat(relative(lab.run(job, "Incremental").good()))
                    .as(job)
                    .contains("keep/c~", "keep/new")
                    .doesNotContain("keep/a.txt", "keep/new.o", "cache.d/", "cache.d/new", "keep/tmp/c~", "tmp/c~");
        }
        for (String name : List.of("keep/new", "keep/new.o", "cache.d/new")) {
            Files.delete(tree.resolve(name));
        }
    }

    /** Of several Options those of a file's own block hold, whatever block the names have that were asked for with it. */
    @Test
    void aFileHasTheOptionsOfItsBlock() throws Exception {
        List<String> stock = digests("signed");
        assertThat(stock).hasSize(DIRECTORIES.size() * FILES.size()).contains("keep/b.o 27", "keep/a.txt 22");
        for (int i = 0; i < PROTOCOLS.size(); i++) {
            assertThat(digests("signed" + i)).as("signed" + PROTOCOLS.get(i)).isEqualTo(stock);
        }
    }

    /** Files that a full job saves, each with the length of its digest. */
    private static List<String> digests(String job) throws Exception {
        String files = "select Path || Filename || ' ' || length(MD5) from File join Path using (PathId)"
                + " where Filename <> '' and FileIndex > 0 and JobId="
                + lab.run(job, "Full").good().id();
        return lab.sql(files)
                .lines()
                .filter(name -> name.startsWith(tree + "/"))
                .map(name -> name.substring(tree.toString().length() + 1))
                .sorted()
                .toList();
    }

    private static List<String> relative(JobResult job) throws Exception {
        return lab.names(job.id(), tree).stream().map(name -> name.substring(1)).toList();
    }
}
