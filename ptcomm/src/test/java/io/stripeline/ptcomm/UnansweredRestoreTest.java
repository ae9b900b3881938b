package io.stripeline.ptcomm;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Report;
import io.stripeline.ptcomm.wire.RecordType;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.slab.SlabPool;
import io.stripeline.testkit.Slabs;
import io.stripeline.write.Fate;
import io.stripeline.write.PosixTreeWriter;
import io.stripeline.write.RestorePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A restore in records of batches: the items that they mean, and what is reported of each. */
class UnansweredRestoreTest extends RestoreTalk {
    private static final int FILE = 0100644;

    private static byte[] blob(String path, long size) {
        return file(path, size).encode(900_000).get(0);
    }

    // ---- items

    @Test
    void recordsAreItems() throws IOException {
        unanswered();
        plugin.item(1, 'F', FILE, 3, "/data/f", "").content(ones(3)).record(RecordType.META, blob("/data/f", 3));
        plugin.endItem().item(2, 'S', 0120777, 2, "/data/link", "to").endItem();
        plugin.item(3, 'D', 040755, 0, "/data/", "").endItem().flush();
        assertThat(finished())
                .containsExactly(
                        "Begin data/f user.note",
                        "Data 0+3",
                        "End 3 8",
                        "Begin data/link -> to",
                        "End 2 0",
                        "Begin data",
                        "End 0 0");
        assertThat(causes()).containsExactly("1 WARNING foreign attributes");
    }

    @Test
    void anItemCrossesPackets() throws IOException {
        unanswered();
        plugin.item(1, 'F', FILE, 300_000, "/data/f", "").flush();
        plugin.content(ones(200_000));
        plugin.content(ones(100_000)).flush();
        plugin.record(RecordType.META, blob("/data/f", 300_000)).flush();
        plugin.endItem().flush();
        assertThat(finished())
                .containsExactly(
                        "Begin data/f user.note",
                        "Data 0+" + SLAB_BYTES,
                        "Data " + SLAB_BYTES + "+" + (300_000 - SLAB_BYTES),
                        "Amend user.note",
                        "End 300000 8");
    }

    @Test
    void anOffsetIsAHole() throws IOException {
        unanswered();
        plugin.item(1, 'F', FILE, 400_001, "/data/f", "").content(ones(10)).dataAt(400_000, ones(1));
        plugin.endItem().flush();
        assertThat(finished())
                .containsExactly(
                        "Begin data/f", "Data 0+10", "Hole 10+399990", "Data 400000+1", "Amend", "End 400001 0");
    }

    @Test
    void whatIsRefusedIsReadPastAndReported() throws IOException {
        unanswered();
        plugin.item(1, 'F', FILE, 200_000, "/data/../../etc/f", "").content(ones(200_000));
        plugin.record(RecordType.META, blob("/data/f", 200_000))
                .dataAt(500_000, ones(5))
                .endItem();
        plugin.item(2, 'F', FILE, 3, "/data/f", "").content(ones(3)).endItem().flush();
        results(2, Fate.RESTORED);
        assertThat(plugin.results()).containsExactly("1 2", "2 0");
        assertThat(finished()).containsExactly("Begin data/f", "Data 0+3", "End 3 0");
        assertThat(causes()).contains("1 ERROR refused: name");
    }

    /** The first entry is item {@code item}; decided when it is downstream. */
    private void results(long item, Fate fate) {
        while (job.problems().groups().isEmpty()) {
            Thread.onSpinWait(); // until the reader has been at the refused item
        }
        while (true) {
            try {
                results.decided(item - 1, fate);
                return;
            } catch (IllegalStateException notYet) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void messagesAreSaidAtOnce() throws IOException {
        unanswered();
        plugin.item(1, 'F', FILE, 3, "/data/f", "").endItem().flush();
        assertThat(finished()).hasSize(2);
        plugin.session.say(Status.FILE_ERROR, "/data/f: no");
        assertThat(plugin.read().toString()).contains("/data/f: no");
    }

    // ---- what breaks the protocol

    /** One wrong thing, and what the error says of it. */
    enum Wrong {
        NUMBER("comes behind item 1") {
            @Override
            void say(ScriptedPlugin plugin) throws IOException {
                plugin.endItem().item(3, 'F', FILE, 3, "/data/g", "");
            }
        },
        ITEM_INSIDE("inside item 1") {
            @Override
            void say(ScriptedPlugin plugin) throws IOException {
                plugin.item(2, 'F', FILE, 3, "/data/g", "");
            }
        },
        DATA_OUTSIDE("DATA behind item 1") {
            @Override
            void say(ScriptedPlugin plugin) throws IOException {
                plugin.endItem().content(ones(3));
            }
        },
        NO_DATA("no data") {
            @Override
            void say(ScriptedPlugin plugin) throws IOException {
                plugin.record(RecordType.DATA);
            }
        },
        SEEK_BACK("goes back from 5 to 2") {
            @Override
            void say(ScriptedPlugin plugin) throws IOException {
                plugin.content(ones(5)).dataAt(2, ones(1));
            }
        },
        SEEK_FAR("beyond the end of any file") {
            @Override
            void say(ScriptedPlugin plugin) throws IOException {
                plugin.dataAt(Long.MAX_VALUE, ones(1));
            }
        },
        END_STATUS("bad END") {
            @Override
            void say(ScriptedPlugin plugin) throws IOException {
                plugin.record(RecordType.END, (byte) 2);
            }
        },
        OBJECT("OBJECT in a restore") {
            @Override
            void say(ScriptedPlugin plugin) throws IOException {
                plugin.record(RecordType.OBJECT, (byte) 0, (byte) 1, (byte) 'a', (byte) 'b', (byte) 'c');
            }
        },
        BLOCK("got C") {
            @Override
            void say(ScriptedPlugin plugin) throws IOException {
                plugin.endItem();
                plugin.command("FNAME:/data/g");
            }
        },
        FINISH_INSIDE("got C") {
            @Override
            void say(ScriptedPlugin plugin) throws IOException {
                plugin.finish();
            }
        },
        MANY("More than 4096 items") {
            @Override
            void say(ScriptedPlugin plugin) throws IOException {
                plugin.endItem();
                for (int i = 2; i <= 4097; i++) {
                    plugin.item(i, 'F', FILE, 0, "/data/f" + i, "").endItem();
                }
            }
        },
        THE_END("stream ended") {
            @Override
            void say(ScriptedPlugin plugin) throws IOException {
                plugin.flush();
                plugin.hangUp();
            }
        };

        private final String said;

        Wrong(String said) {
            this.said = said;
        }

        abstract void say(ScriptedPlugin plugin) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void whatBreaksTheProtocolEndsTheRestore(Wrong wrong) throws IOException {
        unanswered();
        plugin.item(1, 'F', FILE, 3, "/data/f", "");
        wrong.say(plugin);
        if (wrong != Wrong.THE_END) {
            plugin.flush();
        }
        assertThat(items)
                .failsWithin(java.time.Duration.ofSeconds(60))
                .withThrowableThat()
                .havingRootCause()
                .withMessageContaining(wrong.said);
    }

    // ---- with a writer

    @Test
    void eachItemIsReported(@TempDir Path target) throws Exception {
        Files.createDirectory(target.resolve("data"));
        Files.writeString(target.resolve("data/there"), "stays");
        Files.writeString(target.resolve("data/file"), "in the way of a directory");
        int many = 9000; // more than may be unreported at once
        try (ScriptedPlugin with = ScriptedPlugin.unanswered("Replace=n");
                SlabPool pool = Slabs.pool(16, SLAB_BYTES)) {
            CompletableFuture<Report> report = PtcommRestore.run(
                            with.session,
                            RestoreChoice.of(with.session.job()),
                            PosixTreeWriter.below(target),
                            RestorePlan.same().overwrite(RestorePlan.Overwrite.NEVER),
                            pool,
                            job)
                    .toFuture();
            with.item(1, 'F', FILE, 3, "/data/there", "").content(ones(3)).endItem();
            with.item(2, 'F', FILE, 3, "/data/file/f", "").content(ones(3)).endItem();
            with.item(3, 'F', FILE, 300_000, "/data/large", "")
                    .content(ones(300_000))
                    .endItem();
            with.item(4, 'P', 020600, 0, "/data/device", "").endItem();
            with.flush();
            assertThat(with.results()).containsExactlyInAnyOrder("1 1", "2 2", "3 0", deviceIs());
            int sent = 4;
            int reported = 4;
            while (reported < many) {
                while (sent < many && sent - reported < 1000) {
                    sent++;
                    with.item(sent, 'F', FILE, 1, "/data/many/" + sent, "")
                            .content(ones(1))
                            .endItem();
                }
                with.flush();
                reported += with.results().size();
            }
            with.finish();
            assertThat(report.get().isComplete()).isFalse();
            CompletableFuture<Void> farewell = CompletableFuture.runAsync(() -> {
                try {
                    with.session.finishRestore();
                } catch (IOException gone) {
                    throw new CompletionException(gone);
                }
            });
            assertThat(with.read().status()).isEqualTo(Status.EOD);
            with.command("END");
            with.endOfSession();
            assertThat(with.read().status()).isEqualTo(Status.EOD);
            farewell.get();
        }
        assertThat(target.resolve("data/there")).hasContent("stays");
        assertThat(Files.size(target.resolve("data/large"))).isEqualTo(300_000);
        try (var all = Files.list(target.resolve("data/many"))) {
            assertThat(all.count()).isEqualTo(many - 4);
        }
        assertThat(causes()).contains("1 ERROR open: ENOTDIR");
    }

    /** Root is refused one that was not asked for; others cannot make any, which is left out. */
    private static String deviceIs() {
        return io.stripeline.posix.Processes.isRoot() ? "4 2" : "4 1";
    }
}
