package io.stripeline.ptcomm;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.inode.Dir;
import io.stripeline.inode.RawPath;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WireNamesTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A name of no bytes is that of the directory: where one cannot be listed, it is kept and not the whole tree. */
    @ParameterizedTest
    @CsvSource({
        "/tree, bad, '', /tree/bad/",
        "/tree, bad, sub, /tree/bad/sub/",
        "/tree, '', '', /tree/",
        "/, '', '', /",
        "/, bad, '', /bad/"
    })
    void directoriesEndWithASlash(String root, String dir, String name, String wire) {
        Dir at = dir.isEmpty() ? Dir.root() : Dir.root().child(bytes(dir));
        assertThat(new String(new WireNames(RawPath.of(root), Extensions.ALL).name(at, bytes(name), true)))
                .isEqualTo(wire);
    }
}
