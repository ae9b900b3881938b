package io.stripeline.dedup;

import io.stripeline.flow.Item;
import io.stripeline.flow.Outcome;
import io.stripeline.inode.Entry;
import io.stripeline.inode.RawPath;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.TreeMap;

/** What a stream of items amounts to; releases its slabs. */
final class Restored {
    record Seen(Entry entry, byte[] content, RawPath link, Outcome outcome) {}

    final Map<RawPath, Seen> entries = new TreeMap<>();
    private Entry begun;
    private ByteArrayOutputStream content;

    void accept(Item item) {
        if (item instanceof Item.Begin begin) {
            begun = begin.entry();
            content = new ByteArrayOutputStream();
        } else if (item instanceof Item.Data data) {
            if (data.offset() != content.size()) {
                throw new AssertionError("data at " + data.offset() + " after " + content.size());
            }
            var buffer = data.slab().buffer().duplicate();
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            content.writeBytes(bytes);
            data.slab().release();
        } else if (item instanceof Item.Hole hole) {
            content.writeBytes(new byte[(int) hole.length()]);
        } else if (item instanceof Item.End end) {
            put(begun.with(end.inode()), content.toByteArray(), null, end.outcome());
        } else if (item instanceof Item.Link link) {
            if (!entries.containsKey(link.first())) {
                throw new AssertionError("link to " + link.first() + " before it");
            }
            put(link.entry(), entries.get(link.first()).content, link.first(), Outcome.OK);
        }
    }

    private void put(Entry entry, byte[] bytes, RawPath link, Outcome outcome) {
        if (entries.put(entry.path(), new Seen(entry, bytes, link, outcome)) != null) {
            throw new AssertionError("twice: " + entry.path());
        }
    }
}
