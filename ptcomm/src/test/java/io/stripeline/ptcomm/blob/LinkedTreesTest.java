package io.stripeline.ptcomm.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.inode.RawPath;
import io.stripeline.snapshot.FormatException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinkedTreesTest {
    /** Version 1 as it stands on volumes: readers read it for ever. */
    private static final String GOLDEN = "93534c5401002917482ca10182492f70726f6a65637473452f61c3a920";

    private final LinkedTrees trees = new LinkedTrees(List.of(RawPath.of("/projects"), RawPath.of("/a\u00e9 ")));

    @Test
    void theGoldenObject() {
        RestoreObject object = trees.object();
        assertThat(HexFormat.of().formatHex(object.bytes())).isEqualTo(GOLDEN);
        assertThat(object.name()).matches("stripeline-trees\\.[0-9a-f]{32}");
        RestoreObject read = new RestoreObject("other", HexFormat.of().parseHex(GOLDEN));
        assertThat(LinkedTrees.isOne(read)).isTrue();
        assertThat(LinkedTrees.decode(read)).isEqualTo(trees);
    }

    @Test
    void othersAreNotIt() {
        assertThat(LinkedTrees.isOne(new RestoreObject("RestoreOptions", "[plugin]".getBytes())))
                .isFalse();
    }

    @Test
    void eachByteIsProved() {
        RestoreObject object = trees.object();
        for (int i = 0; i < object.bytes().length; i++) {
            byte[] bytes = object.bytes().clone();
            bytes[i] ^= 1;
            RestoreObject damaged = new RestoreObject(object.name(), bytes);
            assertThatThrownBy(() -> LinkedTrees.decode(damaged)).isInstanceOf(FormatException.class);
            RestoreObject cut = new RestoreObject(object.name(), Arrays.copyOf(object.bytes(), i));
            assertThatThrownBy(() -> LinkedTrees.decode(cut)).isInstanceOf(FormatException.class);
        }
    }

    @Test
    void aRelativePathIsDamage() {
        RestoreObject object = new LinkedTrees(List.of(RawPath.of("x"))).object();
        assertThatThrownBy(() -> LinkedTrees.decode(object))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("not absolute");
    }
}
