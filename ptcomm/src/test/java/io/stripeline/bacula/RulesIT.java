package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Options and Exclude of a FileSet choose the same entries of a plugin command as of a File line. */
final class RulesIT {
    private static BaculaLab lab;

    @BeforeAll
    static void up() throws Exception {
        lab = BaculaLab.up();
    }

    private static void defineBoth(Path tree, String options, String exclude) throws Exception {
        StringBuilder out = new StringBuilder();
        for (String[] one : new String[][] {
            {"rules-stock", "File = \"" + tree + "\""}, {"rules-ours", "Plugin = \"stripeline: path=" + tree + "\""}
        }) {
            out.append("""
                    FileSet {
                      Name = %1$s
                      Ignore FileSet Changes = yes
                      Include {
                    %3$s
                        Options { signature = MD5 }
                        %2$s
                      }
                    %4$s
                    }
                    Job { Name = %1$s
                      JobDefs = LabBackup
                      FileSet = %1$s
                    }
                    """.formatted(one[0], one[1], options, exclude));
        }
        lab.configure("rules", out.toString());
    }

    private static void assertSameChoice(Path tree, String options, String exclude) throws Exception {
        defineBoth(tree, options, exclude);
        List<String> stock = lab.names(lab.run("rules-stock", "Full").good().id(), tree);
        List<String> ours = lab.names(lab.run("rules-ours", "Full").good().id(), tree);
        assertThat(stock).isNotEmpty();
        assertThat(ours).as(options + exclude).isEqualTo(stock);
    }

    @Test
    void wildRegexAndExclude() throws Exception {
        Path tree = lab.tree("rules");
        for (String dir : List.of("keep", "keep/tmp", "tmp", "cache.d", "deep/er")) {
            Files.createDirectories(tree.resolve(dir));
            for (String file : List.of("a.txt", "b.o", "c~", "core.123", "D.TXT")) {
                Files.writeString(tree.resolve(dir).resolve(file), "x");
            }
        }
        assertSameChoice(tree, "    Options { wildfile = \"*.o\"; exclude = yes }", "");
        assertSameChoice(tree, "    Options { wilddir = \"" + tree + "/tmp\"; exclude = yes }", "");
        assertSameChoice(tree, "    Options { wilddir = \"*/tmp\"; wildfile = \"*~\"; exclude = yes }", "");
        assertSameChoice(tree, "    Options { regexfile = \".*/core\\\\.[0-9]+$\"; exclude = yes }", "");
        assertSameChoice(tree, "    Options { regexdir = \".*/cache\\\\.d$\"; exclude = yes }", "");
        assertSameChoice(tree, "    Options { wild = \"*.TXT\"; ignorecase = yes; exclude = yes }", "");
        assertSameChoice(tree, "", "  Exclude { File = \"" + tree + "/keep/tmp\" }");
        assertSameChoice(tree, "", "  Exclude { File = \"" + tree + "/deep\"\n File = \"" + tree + "/keep/a.txt\" }");
    }
}
