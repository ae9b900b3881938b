package io.stripeline.ptcomm;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Outcome;
import io.stripeline.flow.Problems;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.inode.Xattr;
import io.stripeline.ptcomm.blob.EntryBlob;
import io.stripeline.slab.SlabPool;
import io.stripeline.testkit.Slabs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A restore whose plugin is played by hand, and the items that it gives, in words. */
@Timeout(60)
abstract class RestoreTalk {
    static final int SLAB_BYTES = 256 << 10;
    static final String TIMES = "TSTAMP:5 7 9";

    private final SlabPool slabs = Slabs.pool(16, SLAB_BYTES);
    final Job job = Job.start();
    ScriptedPlugin plugin;
    RestoreResults results;
    CompletableFuture<List<String>> items;

    final void stock(String... keys) throws IOException {
        start(ScriptedPlugin.stock(keys));
    }

    final void ours(String... keys) throws IOException {
        start(ScriptedPlugin.ours(keys));
    }

    final void unanswered(String... keys) throws IOException {
        start(ScriptedPlugin.unanswered(keys));
    }

    /** Takes everything and tells it in words; content is looked at by its length and its first byte. */
    private void start(ScriptedPlugin with) {
        plugin = with;
        results = new RestoreResults(plugin.session);
        items = PtcommRestore.items(plugin.session, RestoreChoice.of(plugin.session.job()), results, slabs, job)
                .map(RestoreTalk::told)
                .collectList()
                .toFuture();
    }

    final List<String> finished() throws IOException {
        plugin.finish();
        return items.join();
    }

    @AfterEach
    void close() throws IOException {
        if (plugin != null) {
            plugin.close();
        }
    }

    private static String told(Item item) {
        if (item instanceof Item.Begin begin) {
            return "Begin " + begin.entry().path() + described(begin.entry().attributes());
        } else if (item instanceof Item.Data data) {
            String out = "Data " + data.offset() + "+" + data.slab().buffer().remaining();
            data.slab().release();
            return out;
        } else if (item instanceof Item.Hole hole) {
            return "Hole " + hole.offset() + "+" + hole.length();
        } else if (item instanceof Item.Amend amend) {
            return "Amend" + described(amend.attributes());
        } else if (item instanceof Item.End end) {
            return "End " + end.inode().sizeBytes() + " " + end.inode().mtime().nanos()
                    + (end.outcome() == Outcome.OK ? "" : " " + end.outcome());
        } else if (item instanceof Item.Link link) {
            return "Link " + link.entry().path() + " to " + link.first();
        }
        return item.toString();
    }

    private static String described(Attributes attributes) {
        StringBuilder out = new StringBuilder();
        for (Xattr xattr : attributes.xattrs()) {
            out.append(" ").append(new String(xattr.name(), StandardCharsets.US_ASCII));
        }
        return attributes.linkTarget().length == 0
                ? out.toString()
                : out + " -> " + RawPath.printable(attributes.linkTarget());
    }

    static EntryBlob blob(String path, boolean escaped, int mode, long size, String first) {
        Inode inode = new Inode(
                new InodeId(0, 1, 2),
                mode,
                1,
                0,
                0,
                size,
                0,
                0,
                new Timestamp(5, 6),
                new Timestamp(7, 8),
                new Timestamp(9, 10),
                Timestamp.EPOCH);
        Attributes attributes = new Attributes(
                new byte[0],
                List.of(new Xattr("user.note".getBytes(StandardCharsets.US_ASCII), new byte[] {1})),
                0,
                0,
                null);
        return new EntryBlob(RawPath.of(path), escaped, inode, attributes, first == null ? null : RawPath.of(first));
    }

    static EntryBlob file(String path, long size) {
        return blob(path, false, 0100644, size, null);
    }

    static byte[] ones(int length) {
        byte[] out = new byte[length];
        Arrays.fill(out, (byte) 1);
        return out;
    }

    final void ok() throws IOException {
        assertThat(plugin.answer()).containsExactly("C OK");
    }

    final List<String> causes() {
        return job.problems().groups().stream()
                .map(group -> group.count() + " " + group.severity() + " " + group.cause())
                .toList();
    }

    final String messages() {
        List<String> out = new ArrayList<>();
        for (Problems.Group group : job.problems().groups()) {
            group.first().forEach(problem -> out.add(problem.message()));
        }
        return String.join("\n", out);
    }
}
