package io.stripeline.ptcomm;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Xattr;
import io.stripeline.ptcomm.blob.EntryBlob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

/** What a plugin says in a restore, and the items that it means. */
class RestoreItemsTest extends RestoreTalk {
    // ---- assembly

    @Test
    void aSmallFileIsHeldUntilItsAttributesAreThere() throws IOException {
        ours();
        plugin.file("/data/f", "F 3 0 0 100644 1 0", TIMES).data(ones(3));
        ok();
        ok();
        plugin.attached("METADATA_STREAM", file("/data/f", 3));
        ok();
        assertThat(finished()).containsExactly("Begin data/f user.note", "Data 0+3", "End 3 8");
        assertThat(causes()).isEmpty();
    }

    @Test
    void aLongFileIsAmended() throws IOException {
        ours();
        plugin.file("/data/f", "F 300000 0 0 100644 1 0", TIMES).data(ones(300_000));
        ok();
        ok();
        plugin.attached("METADATA_STREAM", file("/data/f", 300_000));
        ok();
        assertThat(finished())
                .containsExactly(
                        "Begin data/f",
                        "Data 0+" + SLAB_BYTES,
                        "Data " + SLAB_BYTES + "+" + (300_000 - SLAB_BYTES),
                        "Amend user.note",
                        "End 300000 8");
    }

    @Test
    void attributesInFrontOfTheContentAreThereFromTheBeginning() throws IOException {
        stock();
        plugin.file("/data/f", "F 300000 0 0 100644 1 0", TIMES).attached("METADATA_STREAM", file("/data/f", 300_000));
        ok();
        ok();
        plugin.data(ones(300_000));
        ok();
        assertThat(finished()).startsWith("Begin data/f user.note").endsWith("Amend user.note", "End 300000 8");
    }

    @Test
    void partsComeAsXattrAndAcl() throws IOException {
        stock();
        byte[] value = new byte[2000];
        EntryBlob whole = new EntryBlob(
                RawPath.of("/data/f"),
                false,
                file("/data/f", 0).inode(),
                new Attributes(
                        new byte[0],
                        List.of(new Xattr("user.big".getBytes(StandardCharsets.US_ASCII), value)),
                        0,
                        0,
                        null),
                null);
        List<byte[]> parts = whole.encode(1500);
        assertThat(parts).hasSize(2);
        plugin.file("/data/f", "E 0 0 0 100644 1 0", TIMES)
                .attached("ACL", parts.get(1))
                .attached("XATTR", parts.get(0));
        ok();
        ok();
        ok();
        assertThat(finished()).containsExactly("Begin data/f user.big", "End 0 8");
    }

    @Test
    void filesOfAnotherBackendComeBackAsTheyAreAnnouncedAndThatIsSaidOnce() throws IOException {
        stock();
        for (String name : List.of("a", "b", "c")) {
            plugin.file("/data/" + name, "E 0 0 0 100644 1 0", TIMES);
            ok();
            plugin.attached("XATTR", "user.note=6e31\n".getBytes(StandardCharsets.US_ASCII));
            ok();
        }
        plugin.file("/data/d", "E 0 0 0 100644 1 0", TIMES);
        ok();
        assertThat(finished()).hasSize(8).startsWith("Begin data/a", "End 0 0");
        assertThat(causes()).containsExactly("1 WARNING foreign attributes");
    }

    @Test
    void damagedAttributesAreAnErrorOfTheirFile() throws IOException {
        ours();
        byte[] damaged = file("/data/f", 3).encode(900_000).get(0);
        damaged[damaged.length - 1] ^= 1;
        plugin.file("/data/f", "F 3 0 0 100644 1 0", TIMES).data(ones(3)).attached("METADATA_STREAM", damaged);
        ok();
        ok();
        ok();
        assertThat(finished()).containsExactly("Begin data/f", "Data 0+3", "End 3 0");
        assertThat(causes()).containsExactly("1 ERROR damaged attributes");
    }

    @Test
    void attributesWithoutEndAreAnErrorOfTheirFile() throws IOException {
        stock();
        byte[] part = Arrays.copyOf(file("/data/f", 0).encode(900_000).get(0), 900_000);
        plugin.file("/data/f", "E 0 0 0 100644 1 0", TIMES);
        ok();
        for (int i = 0; i < 40; i++) {
            plugin.attached("METADATA_STREAM", part);
            ok();
        }
        assertThat(finished()).containsExactly("Begin data/f", "End 0 0");
        assertThat(causes()).containsExactly("1 ERROR damaged attributes");
    }

    @Test
    void attributesOfAnotherKindOfFileAreDamaged() throws IOException {
        ours();
        plugin.file("/data/f", "F 3 0 0 100644 1 0", TIMES)
                .data(ones(3))
                .attached("METADATA_STREAM", blob("/data/f", false, 0040755, 0, null));
        ok();
        ok();
        ok();
        assertThat(finished()).containsExactly("Begin data/f", "Data 0+3", "End 3 0");
        assertThat(causes()).containsExactly("1 ERROR damaged attributes");
    }

    @Test
    void aFileThatWasNotSavedWholeComesBackAsLongAsItIs() throws IOException {
        ours();
        plugin.file("/data/f", "F 10 0 0 100644 1 0", TIMES)
                .data(ones(3))
                .attached("METADATA_STREAM", file("/data/f", 10));
        ok();
        ok();
        ok();
        assertThat(finished()).element(2).asString().startsWith("End 3 8 Changed");
        assertThat(messages()).contains("3 bytes were saved of a file of 10");
    }

    /** The writer would take content of what has none for the end of the world. */
    @ParameterizedTest
    @ValueSource(strings = {"D 4096 0 0 040755 2 0", "S 4 0 0 120777 1 0", "F 0 0 0 010644 1 0", "L 3 0 0 100644 2 4"})
    void contentOfWhatHasNoneIsLeftOut(String stat) throws IOException {
        ours();
        plugin.file("/data/x", stat, TIMES, "LSTAT:/data/y").data(ones(600_000));
        ok();
        ok();
        int mode = stat.charAt(0) == 'L' ? 0100644 : Integer.parseInt(stat.split(" ")[4], 8);
        plugin.attached("METADATA_STREAM", blob("/data/x", false, mode, 0, stat.charAt(0) == 'L' ? "/data/y" : null));
        ok();
        assertThat(finished()).noneMatch(item -> item.startsWith("Data"));
        assertThat(causes()).containsExactly("1 WARNING unexpected content");
    }

    @Test
    void aModeWithoutAKindHasThatOfTheLetter() throws IOException {
        stock();
        plugin.file("/data/d/", "D 0 0 0 000755 2 0", TIMES);
        ok();
        plugin.file("/data/f", "E 0 0 0 150644 1 0", TIMES);
        ok();
        assertThat(finished()).containsExactly("Begin data/d", "End 0 0", "Begin data/f", "End 0 0");
    }

    // ---- zeros

    @Test
    void blocksOfZerosAreHoles() throws IOException {
        stock();
        byte[] content = new byte[1 << 20];
        Arrays.fill(content, 0, 64 << 10, (byte) 1);
        Arrays.fill(content, 320 << 10, 330 << 10, (byte) 1);
        byte[] tail = new byte[3];
        plugin.file("/data/f", "F " + (content.length + 3) + " 0 0 100644 1 0", TIMES);
        ok();
        CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(content, tail));
        ok();
        sent.join(); // the answer may come before the writer has let go of its buffer
        plugin.attached("XATTR", file("/data/f", content.length + 3));
        ok();
        assertThat(finished())
                .containsExactly(
                        "Begin data/f",
                        "Data 0+65536",
                        "Hole 65536+262144",
                        "Data 327680+65536",
                        "Hole 393216+655360",
                        "Data 1048576+3",
                        "Amend user.note",
                        "End 1048579 8");
    }

    private void send(byte[] content, byte[] tail) {
        try {
            plugin.command("DATA");
            for (int at = 0; at < content.length; at += 131072) {
                plugin.moreData(Arrays.copyOfRange(content, at, at + 131072));
            }
            plugin.moreData(tail);
            plugin.endBlock();
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    @Test
    void seeksAreHolesAndGrowTogetherWithZeros() throws IOException {
        ours();
        plugin.file("/data/f", "F 400001 0 0 100644 1 0", TIMES);
        ok();
        plugin.command("DATA");
        plugin.moreData(ones(10));
        plugin.seek(65536);
        plugin.moreData(new byte[65536]);
        plugin.seek(400_000);
        plugin.moreData(ones(1));
        plugin.endBlock();
        ok();
        assertThat(finished())
                .containsExactly(
                        "Begin data/f", "Data 0+10", "Hole 10+399990", "Data 400000+1", "Amend", "End 400001 0");
    }

    @Test
    void aSeekBackBreaksTheProtocol() throws IOException {
        ours();
        plugin.file("/data/f", "F 10 0 0 100644 1 0", TIMES);
        ok();
        plugin.command("DATA");
        plugin.moreData(ones(10));
        plugin.seek(5);
        plugin.endBlock();
        StepVerifier.create(reactor.core.publisher.Mono.fromFuture(items))
                .verifyErrorMatches(failed -> failed.getMessage().contains("goes back from 10"));
    }
}
