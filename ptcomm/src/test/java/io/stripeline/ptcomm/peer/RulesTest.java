package io.stripeline.ptcomm.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.JobBlock.Level;
import io.stripeline.ptcomm.peer.JobReport.Result;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.PacketWriter;
import io.stripeline.ptcomm.wire.Status;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each deviation of a backend ends the job with the number of its rule and the packet. */
@Timeout(60)
class RulesTest {
    private static final String STAT = "STAT:F 4 0 0 100644 1";
    private static final String TIMES = "TSTAMP:1 2 3";

    /** Commands; {@code !} is an EOD, {@code <n} a D packet of n bytes. */
    private static void say(PacketWriter out, String... packets) throws Exception {
        for (String packet : packets) {
            if (packet.equals("!")) {
                out.eod();
            } else if (packet.startsWith("<")) {
                out.data(ByteBuffer.allocate(Integer.parseInt(packet.substring(1))));
            } else if (packet.startsWith("E ")) {
                out.text(Status.ERROR, packet.substring(2).getBytes(StandardCharsets.US_ASCII));
            } else {
                out.command(packet);
            }
        }
    }

    private static JobReport backup(Dialect dialect, String accepted, JobSettings job, ScriptedBackend.Body body) {
        ChannelLink link = ScriptedBackend.saying(accepted, body);
        return new PluginPeer(dialect, link, Conduct.GOOD, Limits.SHORT)
                .backup(job, PluginPeer.parameters("path=/a"), Receiver.NONE);
    }

    private static Arguments rule(int number, String shown, String... packets) {
        return Arguments.of(number, shown, packets);
    }

    static Stream<Arguments> stockDeviations() {
        return Stream.of(
                rule(4, "C000010 'FNAME:/a ", "FNAME:/a "),
                rule(4, "FNAME:/a", "FNAME:/a\t"),
                rule(10, "T000000", "T"),
                rule(18, "FNAMES:/a", "FNAMES:/a"),
                rule(18, "D000003", "<3"),
                rule(18, "", "FNAME:"),
                rule(4, "", ""),
                rule(18, "PIPE:/x", "FNAME:/a", STAT, "PIPE:/x"),
                rule(18, "INCLUDE:/x", "INCLUDE:/x"),
                rule(18, "KEEP:/x", "KEEP:/x"),
                rule(18, "TALLY:0 0", "TALLY:0 0"),
                rule(18, "X-ACCEPT", "X-ACCEPT"),
                rule(18, "X-LAYOUT:1", "FNAME:/a", STAT, "X-LAYOUT:1"),
                rule(23, "X-SEEK:8", "FNAME:/a", STAT, "!", "DATA", "X-SEEK:8"),
                rule(19, "no STAT", "FNAME:/a", TIMES, "!"),
                rule(19, "STAT:F 4", "FNAME:/a", STAT, STAT),
                rule(19, "STAT:X", "FNAME:/a", "STAT:X 4 0 0 100644 1"),
                rule(19, "STAT:F -4", "FNAME:/a", "STAT:F -4 0 0 100644 1"),
                rule(19, "STAT:F 4 0 0 100684", "FNAME:/a", "STAT:F 4 0 0 100684 1"),
                rule(19, "STAT:F 4 0 0 100644", "FNAME:/a", "STAT:F 4 0 0 100644"),
                rule(19, "STAT:F 4 0 0 100644 1 7", "FNAME:/a", "STAT:F 4 0 0 100644 1 7"),
                rule(18, "STAT:/a", "FNAME:/a", "STAT:/a"),
                rule(19, "mode", "FNAME:/a", "STAT:F 4 0 0 040755 1", "!"),
                rule(19, "mode", "FNAME:/a", "STAT:F 4 0 0 644 1", "!"),
                rule(19, "mode", "FNAME:/a", "STAT:E 4 0 0 100644 1", "!"),
                rule(19, "no LSTAT", "FNAME:/a", "STAT:S 4 0 0 120777 1", "!"),
                rule(19, "LSTAT", "FNAME:/a", STAT, "LSTAT:/b", "!"),
                rule(19, "STAT:L", "FNAME:/a", "STAT:L 4 0 0 100644 2"),
                rule(19, "index", "FNAME:/a", "STAT:L 4 0 0 100644 2 9", "!"),
                rule(19, "TSTAMP:1 2", "FNAME:/a", STAT, "TSTAMP:1 2"),
                rule(22, "slash", "FNAME:/a", "STAT:D 4 0 0 040755 2", "!"),
                rule(22, "slash", "FNAME:/a/", STAT, "!"),
                rule(20, "E000002 'x", "FNAME:/a", "E x"),
                rule(20, "E000002", "E x"),
                rule(28, "ACL", "FNAME:/a", STAT, "!", "ACL"),
                rule(23, "FNAME:/b", "FNAME:/a", STAT, "!", "DATA", "FNAME:/b"),
                rule(20, "E000002", "FNAME:/a", STAT, "!", "DATA", "E x"),
                rule(18, "data of what has none", "FNAME:/a/", "STAT:D 4 0 0 040755 2", "!", "DATA", "<4"),
                rule(24, "ACL", "FNAME:/a", STAT, "!", "!", "ACL", "!"),
                rule(24, "D000002", "FNAME:/a", STAT, "!", "!", "ACL", "<1", "<2"),
                rule(24, "second XATTR", "FNAME:/a", STAT, "!", "!", "XATTR", "<1", "!", "XATTR", "<1", "!"),
                rule(18, "ACL", "RESTOREOBJ:x", "RESTOREOBJ_LEN:2", "<2", "!", "ACL"),
                rule(18, "ACL", "FNAME:/a", STAT, "!", "!", "FileIndex", "ACL"),
                rule(25, "RESTOREOBJ_LEN", "RESTOREOBJ:x", "<3", "!"),
                rule(25, "RESTOREOBJ_LEN:1", "RESTOREOBJ:x", "RESTOREOBJ_LEN:1"),
                rule(25, "RESTOREOBJ_LEN:900001", "RESTOREOBJ:x", "RESTOREOBJ_LEN:900001"),
                rule(25, "RESTOREOBJ_LEN:2kB", "RESTOREOBJ:x", "RESTOREOBJ_LEN:2kB"),
                rule(25, "were announced", "RESTOREOBJ:x", "RESTOREOBJ_LEN:5", "<4", "!"),
                rule(25, "were announced", "RESTOREOBJ:x", "RESTOREOBJ_LEN:5", "<4", "<2"),
                rule(26, "PLUGINOBJ_X:1", "PLUGINOBJ:/x", "PLUGINOBJ_X:1"),
                rule(26, "PLUGINOBJ_STATUS:GOOD", "PLUGINOBJ:/x", "PLUGINOBJ_STATUS:GOOD"),
                rule(27, "CHECK in a job", "CHECK:/a", STAT, TIMES),
                rule(27, "CHECKGET in a job", "CHECKGET:/a"),
                rule(27, "FNAME:/b", "ACCEPT:/a", "FNAME:/b"),
                rule(17, "D000001", "!", "<1"));
    }

    @ParameterizedTest
    @MethodSource("stockDeviations")
    void endsTheJob(int rule, String shown, String... packets) {
        JobReport report = backup(Dialect.stock(), "", JobSettings.named("rules"), (in, out) -> {
            if (packets[0].equals("T")) {
                out.terminate();
            } else {
                say(out, packets);
            }
        });

        assertThat(report.result()).as(report.toString()).isEqualTo(Result.VIOLATION);
        assertThat(report.failure()).startsWith("Rule " + rule + ": ").contains(shown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "C00001\n",
                "c000003\nab\n",
                "F000001\nx",
                "Cabcdef\n",
                "C-00005\nabcd\n",
                "X000002\na\n",
                "C000003 ab\n"
            })
    void headersAreExact(String bytes) {
        ChannelLink link = ScriptedBackend.start(
                (in, out) -> out.write(ByteBuffer.wrap((bytes + "        ").getBytes(StandardCharsets.US_ASCII))));
        JobReport report = new PluginPeer(Dialect.stock(), link, Conduct.GOOD, Limits.SHORT)
                .backup(JobSettings.named("rules"), PluginPeer.parameters("path=/a"), Receiver.NONE);

        assertThat(report.result()).as(report.toString()).isEqualTo(Result.VIOLATION);
        assertThat(report.failure()).startsWith("Rule 1: ");
    }

    /** What the writer of ours refuses to write. */
    static Stream<Arguments> badPayloads() {
        return Stream.of(
                Arguments.of(3, "C000000\n"),
                Arguments.of(3, "D000000\n"),
                Arguments.of(4, "C000002\nab"),
                Arguments.of(4, "C000003\na\0\n"),
                Arguments.of(4, "C000001\n\n"),
                Arguments.of(2, "B000001\nx"));
    }

    @ParameterizedTest
    @MethodSource("badPayloads")
    void payloadsAreExact(int rule, String bytes) {
        ChannelLink link = ScriptedBackend.start((in, out) -> {
            ScriptedBackend.open(new PacketReader(in), new PacketWriter(out), "");
            out.write(ByteBuffer.wrap(("F000000\n" + bytes).getBytes(StandardCharsets.US_ASCII)));
        });
        JobReport report = new PluginPeer(Dialect.stock(), link, Conduct.GOOD, Limits.SHORT)
                .backup(JobSettings.named("rules"), PluginPeer.parameters("path=/a"), Receiver.NONE);

        assertThat(report.failure()).startsWith("Rule " + rule + ": ");
    }

    @Test
    void metadataIsForPluginsThatKnowIt() {
        ScriptedBackend.Body body =
                (in, out) -> say(out, "FNAME:/a", STAT, "METADATA_STREAM", "<3", "!", "!", "!", "!");

        assertThat(backup(Dialect.stock(), "", JobSettings.named("m"), body).result())
                .isEqualTo(Result.OK);
        JobReport unknown = backup(Dialect.stockWithoutMetadata(), "", JobSettings.named("m"), body);
        assertThat(unknown.failure()).startsWith("Rule 21").contains("METADATA_STREAM");
        assertThat(backup(Dialect.extended(), "meta", JobSettings.named("m"), body)
                        .result())
                .isEqualTo(Result.OK);
        assertThat(backup(Dialect.extended(), "", JobSettings.named("m"), body).failure())
                .startsWith("Rule 21");
    }

    @Test
    void checkOfADirectoryKillsTheDaemon() {
        JobSettings job =
                JobSettings.named("c").basedOn(Level.INCREMENTAL, 1, "before").withAccurate(true);
        JobReport report =
                backup(Dialect.stock(), "", job, (in, out) -> say(out, "CHECK:/a/", "STAT:D 4 0 0 040755 2", TIMES));

        assertThat(report.failure()).startsWith("Rule 27: CHECK of a directory");
    }

    static Stream<Arguments> extendedDeviations() {
        return Stream.of(
                rule(18, "without TALLY", "!"),
                rule(18, "1 0 arrived", "FNAME:/a", STAT, "!", "!", "TALLY:2 0"),
                rule(18, "two numbers", "TALLY:2"),
                rule(18, "last command", "TALLY:0 0", "FNAME:/a"),
                rule(18, "regular file", "FNAME:/a", "X-LAYOUT:1"),
                rule(18, "layout id", "FNAME:/a", STAT, "X-LAYOUT:0"),
                rule(18, "layout id", "FNAME:/a", STAT, "X-LAYOUT:0x1"),
                rule(18, "step back", "FNAME:/a", STAT, "!", "DATA", "<4", "X-SEEK:3"),
                rule(18, "hole at the end", "FNAME:/a", STAT, "!", "DATA", "<4", "X-SEEK:8", "!"),
                rule(18, "one D packet", "X-ACCEPT", "FNAME:/a"),
                rule(18, "at byte 0", "X-ACCEPT", "<4"));
    }

    @ParameterizedTest
    @MethodSource("extendedDeviations")
    void endsTheExtendedJob(int rule, String shown, String... packets) {
        JobReport report = backup(
                Dialect.extended(),
                "meta seen tally holes accept one",
                JobSettings.named("rules"),
                (in, out) -> say(out, packets));

        assertThat(report.result()).as(report.toString()).isEqualTo(Result.VIOLATION);
        assertThat(report.failure()).startsWith("Rule " + rule + ": ").contains(shown);
    }
}
