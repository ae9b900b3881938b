package io.stripeline.testkit;

import io.stripeline.inode.FileType;
import io.stripeline.layout.Extent;
import java.util.ArrayList;
import java.util.List;

/** The inner parts of a file's long holes: what any filesystem, and any copy in blocks, leaves a hole. */
final class LongHoles {
    /** What does not count at either end of a hole, and the block of a copy. */
    static final int BORDER_BYTES = 64 << 10;

    private final List<Extent> inner = new ArrayList<>();

    private LongHoles() {}

    static LongHoles of(TreeFacts.Fact fact) {
        LongHoles holes = new LongHoles();
        long at = 0;
        for (Extent data : fact.data()) {
            holes.between(at, data.offset());
            at = data.end();
        }
        if (fact.type() == FileType.REGULAR) {
            holes.between(at, fact.sizeBytes());
        }
        return holes;
    }

    private void between(long from, long to) {
        long first = from + BORDER_BYTES;
        long length = to - BORDER_BYTES - first;
        if (length > 0) {
            inner.add(new Extent(first, length, true));
        }
    }

    /** Those of {@code data} that reach into one. */
    List<Extent> filled(List<Extent> data) {
        return data.stream()
                .filter(piece ->
                        inner.stream().anyMatch(hole -> piece.offset() < hole.end() && hole.offset() < piece.end()))
                .toList();
    }
}
