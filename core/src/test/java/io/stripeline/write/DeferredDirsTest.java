package io.stripeline.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.Timestamp;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeferredDirsTest {
    @Test
    void anEntryOutranksAnImplicitRecordThatIsToldOfLater() {
        Timestamp time = new Timestamp(5, 0);
        Inode inode = new Inode(
                new InodeId(0, 0, 7), FileType.DIRECTORY.bits() | 0700, 2, 0, 0, 0, 0, 0, time, time, time, time);
        byte[] name = "private".getBytes(StandardCharsets.US_ASCII);
        List<Boolean> own = new ArrayList<>();
        try (DeferredDirs dirs = new DeferredDirs()) {
            dirs.add(new Entry(Dir.root(), name, inode, Attributes.NONE));
            dirs.addImplicit(Dir.root().child(name));
            dirs.drain((entry, isOwn) -> own.add(isOwn));
        }
        assertThat(own).containsExactly(false, true);
    }
}
