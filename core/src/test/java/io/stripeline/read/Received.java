package io.stripeline.read;

import io.stripeline.flow.Item;
import io.stripeline.flow.Outcome;
import io.stripeline.flow.Report;
import io.stripeline.flow.Sink;
import io.stripeline.inode.Entry;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A sink that checks the grammar, keeps contents, and releases every slab at once. */
final class Received implements Sink {
    final List<String> order = new ArrayList<>();
    final Map<String, byte[]> contents = new LinkedHashMap<>();
    final Map<String, Item.End> ends = new LinkedHashMap<>();
    final Map<String, Entry> begins = new LinkedHashMap<>();
    final Map<String, String> links = new LinkedHashMap<>();
    final List<Item.Hole> holes = new ArrayList<>();
    private @Nullable String current;
    private ByteArrayOutputStream content = new ByteArrayOutputStream();

    @Override
    public Mono<Report> write(Flux<Item> items) {
        // mapped to something without a slab: then() discards what it ignores
        return items.map(this::took).then(Mono.fromSupplier(() -> {
            check(current == null, "the stream ends within " + current);
            return new Report("", Map.of(), List.of());
        }));
    }

    private boolean took(Item item) {
        take(item);
        return true;
    }

    void take(Item item) {
        if (item instanceof Item.Begin begin) {
            check(current == null, "Begin within " + current);
            current = begin.entry().path().toString();
            begins.put(current, begin.entry());
            order.add(current);
            content = new ByteArrayOutputStream();
        } else if (item instanceof Item.Data data) {
            byte[] bytes = FakeTree.bytes(data.slab().buffer());
            data.slab().release();
            check(current != null && data.offset() == content.size(), "Data at " + data.offset() + " in " + current);
            check(bytes.length > 0, "empty Data");
            content.writeBytes(bytes);
        } else if (item instanceof Item.Hole hole) {
            check(current != null && hole.offset() == content.size(), "Hole at " + hole.offset());
            holes.add(hole);
            content.writeBytes(new byte[(int) hole.length()]);
        } else if (item instanceof Item.End end) {
            check(current != null, "End without Begin");
            contents.put(current, content.toByteArray());
            ends.put(current, end);
            if (end.outcome().hasContent() && end.inode().isRegular()) {
                check(end.inode().sizeBytes() == content.size(), "size " + end.inode() + " but " + content.size());
            }
            current = null;
        } else {
            check(current == null, item + " within " + current);
            if (item instanceof Item.Link link) {
                links.put(link.entry().path().toString(), link.first().toString());
                order.add(link.entry().path().toString());
            } else if (item instanceof Item.Same same) {
                order.add("=" + same.entry().path());
            } else if (item instanceof Item.Unread unread) {
                order.add("?" + unread.failure().path());
            }
        }
    }

    Outcome outcome(String name) {
        return ends.get(name).outcome();
    }

    private static void check(boolean ok, String what) {
        if (!ok) {
            throw new AssertionError(what);
        }
    }
}
