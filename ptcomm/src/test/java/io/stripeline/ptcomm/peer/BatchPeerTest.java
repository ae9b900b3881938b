package io.stripeline.ptcomm.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.Extensions;
import io.stripeline.ptcomm.peer.JobReport.Result;
import io.stripeline.ptcomm.wire.BatchRecord;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.PacketWriter;
import io.stripeline.ptcomm.wire.RecordType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Batches as the plugin's side takes them: what is good, and which rule whatever else breaks. */
@Timeout(60)
class BatchPeerTest {
    private static final String ALL = "meta seen tally holes batch";

    @FunctionalInterface
    private interface Records {
        void to(PacketWriter out) throws IOException;
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void item(PacketWriter out, long number, char kind, int mode, long size, long first, String... names)
            throws IOException {
        String target = names.length > 1 ? names[1] : "";
        ByteBuffer to = out.record(RecordType.ITEM, 128 + names[0].length() + target.length());
        to.putLong(number)
                .putInt(kind << 24)
                .putInt(mode)
                .putInt(1)
                .putInt(2)
                .putInt(1)
                .putInt(0);
        to.putLong(size).putLong(0).putLong(0).putLong(0).put(new byte[48]);
        to.putLong(first).putInt(names[0].length()).putInt(target.length());
        to.put(text(names[0])).put(text(target));
    }

    private static void file(PacketWriter out, long number, String name) throws IOException {
        item(out, number, 'F', 0100644, 5, 0, name);
    }

    private static void end(PacketWriter out, int status, String more) throws IOException {
        out.record(RecordType.END, 1 + more.length()).put((byte) status).put(text(more));
    }

    private static JobReport backup(String accepted, Receiver receiver, Records records) {
        ScriptedBackend.Body body = (PacketReader in, PacketWriter out) -> {
            records.to(out);
            out.eod();
        };
        Extensions offer = Extensions.parse("1 " + accepted);
        return new PluginPeer(
                        Dialect.extended(offer), ScriptedBackend.saying(accepted, body), Conduct.GOOD, Limits.SHORT)
                .backup(JobSettings.named("x"), PluginPeer.parameters("path=/d"), receiver);
    }

    @Test
    void itemsCrossPacketsAndDroppedOnesLeaveNothing() {
        List<String> got = new ArrayList<>();
        JobReport report = backup(
                ALL,
                new Receiver() {
                    @Override
                    public void begin(FileHead head) {
                        got.add(head.fileIndex() + " " + head + " "
                                + head.metadata().size());
                    }

                    @Override
                    public void data(long offset, ByteBuffer data) {
                        got.add(offset + " " + data.remaining());
                    }

                    @Override
                    public void end(byte[] acl, byte[] xattr) {
                        got.add(acl + " " + (xattr == null ? 0 : xattr.length));
                    }

                    @Override
                    public void object(RestoreObject object) {
                        got.add(object.toString());
                    }
                },
                out -> {
                    out.record(RecordType.OBJECT, text("\0\1oab"));
                    file(out, 2, "/d/one ");
                    out.flush();
                    out.record(RecordType.META, text("meta"));
                    out.record(RecordType.DATA, text("hello"));
                    out.flush();
                    out.dataAt(100, text("x"));
                    out.record(RecordType.XATTR, text("xattr"));
                    end(out, BatchRecord.GOOD, "");
                    file(out, 3, "/d/never");
                    out.record(RecordType.DATA, text("hello"));
                    end(out, BatchRecord.DROPPED, "gone");
                    item(out, 3, 'L', 0100644, 5, 2, "/d/link", "/d/one ");
                    end(out, BatchRecord.INCOMPLETE, "torn");
                    out.command("TALLY:3 6");
                });
        assertThat(report.result()).as(report.toString()).isEqualTo(Result.WITH_ERRORS);
        assertThat(got)
                .containsExactly(
                        "o (2 bytes)",
                        "3 /d/one  F 5 1 2 100644 1 1",
                        "0 5",
                        "100 1",
                        "null 5",
                        "4 /d/link L 5 1 2 100644 1 3 0",
                        "null 0");
        assertThat(report.messages())
                .anySatisfy(message -> assertThat(message.text()).isEqualTo("torn"));
    }

    static Stream<Arguments> broken() {
        Records one = out -> file(out, 1, "/d/a");
        return Stream.of(
                broken("not agreed on", "meta", one),
                broken("inside an item", ALL, one),
                broken("inside an item of a batch only batches", ALL, out -> {
                    file(out, 1, "/d/a");
                    out.command("FileIndex");
                }),
                broken("between items", ALL, out -> out.record(RecordType.DATA, text("x"))),
                broken("is the next", ALL, out -> file(out, 2, "/d/a")),
                broken("end in a slash", ALL, out -> {
                    file(out, 1, "/d/a/");
                    end(out, 0, "");
                }),
                broken("does not fit the kind", ALL, out -> {
                    item(out, 1, 'P', 0100644, 0, 0, "/d/a");
                    end(out, 0, "");
                }),
                broken("has a first name", ALL, out -> {
                    item(out, 1, 'L', 0100644, 0, 0, "/d/a");
                    end(out, 0, "");
                }),
                broken("none of a file of this job", ALL, out -> {
                    item(out, 1, 'L', 0100644, 0, 7, "/d/a");
                    end(out, 0, "");
                }),
                broken("Bad STAT|no LSTAT", ALL, out -> {
                    item(out, 1, 'S', 0120777, 0, 0, "/d/a");
                    end(out, 0, "");
                }),
                broken("behind data", ALL, out -> {
                    file(out, 1, "/d/a");
                    out.record(RecordType.DATA, text("hello"));
                    out.record(RecordType.META, text("late"));
                }),
                broken("a second ACL", ALL, out -> {
                    file(out, 1, "/d/a");
                    out.record(RecordType.ACL, text("x"));
                    out.record(RecordType.ACL, text("x"));
                }),
                broken("a step back", ALL, out -> {
                    file(out, 1, "/d/a");
                    out.record(RecordType.DATA, text("hello"));
                    out.dataAt(1, text("x"));
                }),
                broken("an END of status 2", ALL, out -> {
                    file(out, 1, "/d/a");
                    out.flush();
                    end(out, BatchRecord.DROPPED, "");
                }),
                broken("an END of status 2", ALL, out -> {
                    file(out, 1, "/d/a");
                    out.record(RecordType.DATA, ByteBuffer.allocate(BatchRecord.DROP_WINDOW_BYTES));
                    end(out, BatchRecord.DROPPED, "");
                }),
                broken("a message of letter", ALL, out -> out.record(RecordType.MESSAGE, text("Ax"))),
                broken("a restore object has a name", ALL, out -> out.record(RecordType.OBJECT, text("\0\1oa"))),
                broken("2 6 items and bytes|1 5 arrived", ALL, out -> {
                    file(out, 1, "/d/a");
                    out.record(RecordType.DATA, text("hello"));
                    end(out, 0, "");
                    out.command("TALLY:2 6");
                }));
    }

    private static Arguments broken(String message, String accepted, Records records) {
        return Arguments.of(message, accepted, records);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void whatBreaksARuleFailsTheJob(String message, String accepted, Records records) {
        JobReport report = backup(accepted, Receiver.NONE, records);
        assertThat(report.result()).as(report.toString()).isEqualTo(Result.VIOLATION);
        assertThat(report.toString()).containsPattern(message);
    }
}
