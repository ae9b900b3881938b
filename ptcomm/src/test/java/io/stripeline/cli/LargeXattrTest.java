package io.stripeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.testkit.LargeXattrTree;
import io.stripeline.testkit.XattrPlace;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Neighbours with large extended attributes, more of them together than the command has heap. */
@Timeout(240)
final class LargeXattrTest {
    private static final int ENTRIES = 36;
    private static final long HEAP_BYTES = 128L << 20;

    @TempDir
    private Path work;

    private final XattrPlace place = new XattrPlace();

    @AfterEach
    void clear() {
        place.close();
    }

    private void run(String... words) throws Exception {
        String[] line = new String[words.length + 7];
        line[0] = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        line[1] = "-Xmx" + (HEAP_BYTES >> 20) + "m";
        line[2] = "-XX:+UseSerialGC";
        line[3] = "-XX:MaxDirectMemorySize=96m";
        line[4] = "-cp";
        line[5] = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        line[6] = Main.class.getName();
        System.arraycopy(words, 0, line, 7, words.length);
        Launch done = Launch.run(work, Map.of(), (Object[]) line);
        assertThat(done.code()).as(done.out() + done.err()).isZero();
    }

    @Test
    void moreThanTheHeapComesBack() throws Exception {
        Path top = place.open();
        Path from = top.resolve("from");
        LargeXattrTree tree = new LargeXattrTree(from, place.space(), ENTRIES);
        assertThat(tree.valueBytes()).isGreaterThan(HEAP_BYTES);
        String store = work.resolve("store").toString();

        run("backup", from.toString(), "--to", store);
        run("check", store, "--read-data");
        Path to = top.resolve("to");
        run("restore", store, "latest", "--to", to.toString());
        tree.assertCopied(to);
    }
}
