package io.stripeline.dedup.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.blob.DirectoryBlobStore;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import io.stripeline.snapshot.FormatException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pack may say wrongly. Checksums are put right after each change, so that what is tested is the claim itself. */
class PackReaderTest {
    @TempDir
    Path directory;

    private BlobStore store;
    private PackReader reader;
    private SealedPack pack;
    private Path file;
    private byte[] good;
    private final List<PackDirectory.Frame> frames = new ArrayList<>();

    @BeforeEach
    void write() throws Exception {
        byte[] path = directory.resolve("store").toString().getBytes(StandardCharsets.UTF_8);
        store = DirectoryBlobStore.make(path);
        reader = new PackReader(store);
        try (PackWriter writer = new PackWriter(store, new byte[16], BlobKind.DATA);
                FrameEncoder encoder = new FrameEncoder(1)) {
            for (int i = 0; i < 3; i++) {
                FrameBuilder frame = new FrameBuilder(1 << 16);
                for (int chunk = 0; chunk < 4; chunk++) {
                    Arrays.fill(frame.array(), frame.end(), frame.end() + 1000, (byte) (i * 4 + chunk));
                    frame.add(BlobId.of(new byte[32], 0), 1000);
                }
                encoder.encode(frame);
                writer.append(frame, encoder);
            }
            pack = writer.seal();
        }
        file = directory.resolve("store").resolve(PackFormat.nameOf(pack.id()));
        good = Files.readAllBytes(file);
        pack.directory().forEach((frame, bytes, at, offset, length, form) -> {
            if (frames.isEmpty() || !frames.get(frames.size() - 1).equals(frame)) {
                frames.add(frame);
            }
        });
    }

    @AfterEach
    void close() {
        store.close();
    }

    private int directoryAt() {
        return (int) ByteBuffer.wrap(good).getLong(good.length - PackFormat.FOOTER_BYTES);
    }

    /** Changes the pack, then makes the checksums of directory and footer right again. */
    private void change(Consumer<ByteBuffer> change) throws Exception {
        byte[] bytes = good.clone();
        ByteBuffer all = ByteBuffer.wrap(bytes);
        change.accept(all);
        int footer = bytes.length - PackFormat.FOOTER_BYTES;
        int at = directoryAt();
        all.putInt(footer + 20, PackFormat.crc(bytes, at, footer - at));
        all.putInt(footer + 28, PackFormat.crc(bytes, footer, PackFormat.FOOTER_BYTES - 4));
        Files.write(file, bytes);
    }

    /** Changes the header of the first frame, then makes its checksum right again. */
    private void changeFrame(Consumer<ByteBuffer> change) throws Exception {
        byte[] bytes = good.clone();
        int at = frames.get(0).offset();
        change.accept(ByteBuffer.wrap(bytes, at, PackFormat.FRAME_HEADER_BYTES).slice());
        ByteBuffer.wrap(bytes).putInt(at + 24, PackFormat.crc(bytes, at, PackFormat.FRAME_HEADER_BYTES - 4));
        Files.write(file, bytes);
    }

    private void changeHeader(Consumer<ByteBuffer> change) throws Exception {
        byte[] bytes = good.clone();
        change.accept(ByteBuffer.wrap(bytes));
        ByteBuffer.wrap(bytes).putInt(60, PackFormat.crc(bytes, 0, 60));
        Files.write(file, bytes);
    }

    private void readAll() {
        SealedPack opened = reader.open(pack.id());
        opened.directory().forEach((frame, bytes, at, offset, length, form) -> {
            byte[] raw = reader.frame(pack.id(), frame.offset(), frame.storedBytes());
            assertThat(raw).hasSize(frame.rawBytes());
        });
    }

    private void assertRefused(String what) {
        assertThatThrownBy(this::readAll)
                .isInstanceOf(FormatException.class)
                .hasMessageContaining(what)
                .hasMessageContaining(PackFormat.nameOf(pack.id()));
    }

    @Test
    void whatIsWholeIsRead() {
        assertThat(frames).hasSize(3);
        readAll();
        byte[] raw =
                reader.frame(pack.id(), frames.get(1).offset(), frames.get(1).storedBytes());
        assertThat(raw).hasSize(4000);
        assertThat(raw[1500]).isEqualTo((byte) 5);
    }

    @Test
    void everyTornEndIsRefused() throws Exception {
        for (int length = 0; length < good.length; length += length < 200 ? 1 : 17) {
            Files.write(file, Arrays.copyOf(good, length));
            assertThatThrownBy(() -> reader.open(pack.id()))
                    .as("%d bytes", length)
                    .isInstanceOf(FormatException.class);
        }
    }

    @Test
    void aTornHeaderOrOneOfAnotherPackIsRefused() throws Exception {
        byte[] torn = good.clone();
        Arrays.fill(torn, 30, 64, (byte) 0);
        Files.write(file, torn);
        assertRefused("damaged header");
        changeHeader(header -> header.put(8, (byte) ~header.get(8)));
        assertRefused("the header belongs to another pack");
        changeHeader(header -> header.put(5, (byte) 9));
        assertRefused("version 9");
    }

    @Test
    void aDirectoryThatPointsOutsideIsRefused() throws Exception {
        int footer = good.length - PackFormat.FOOTER_BYTES;
        for (long at : new long[] {1L << 40, 10, -1}) {
            change(all -> all.putLong(footer, at));
            assertRefused("a directory that is not there");
        }
        change(all -> all.putInt(footer + 8, -1));
        assertRefused("a directory that is not there");
    }

    @Test
    void anEntryOverTheEndIsRefused() throws Exception {
        int at = directoryAt();
        int chunk = at + PackFormat.FRAME_ENTRY_BYTES + BlobId.BYTES;
        change(all -> all.putInt(chunk, 3999)); // offset in the frame
        assertRefused("chunk outside of its frame");
        for (int length : new int[] {4001, Integer.MAX_VALUE, -1}) {
            change(all -> all.putInt(chunk + 4, length));
            assertRefused("chunk outside of its frame");
        }
        change(all -> all.putInt(at, frames.get(1).offset())); // a frame elsewhere
        assertRefused("expected at");
        change(all -> all.putInt(at + 8, Integer.MAX_VALUE)); // raw length: never allocated
        assertRefused("impossible frame");
        change(all -> all.putInt(at + 13, 13)); // chunks of the first frame: more than the directory has
        assertRefused("at byte");
    }

    @Test
    void wrongLengthsOfAFrameAreRefused() throws Exception {
        changeFrame(header -> header.putInt(12, 3999));
        assertRefused("zstd");
        changeFrame(header -> header.putInt(12, Integer.MAX_VALUE)); // never allocated
        assertRefused("other lengths");
        changeFrame(header -> header.putInt(8, frames.get(0).storedBytes() + 1));
        assertRefused("other lengths");
        changeFrame(header -> header.put(4, (byte) 7));
        assertRefused("codec 7");
        changeFrame(header -> header.put(4, (byte) PackFormat.RAW));
        assertRefused("two lengths");
    }

    @Test
    void wrongChecksumsAreRefused() throws Exception {
        int at = frames.get(2).offset();
        int[] places = {at + PackFormat.FRAME_HEADER_BYTES, at + 16, directoryAt() + 40};
        String[] told = {"the frame's checksum", "damaged frame header", "the directory's checksum"};
        for (int i = 0; i < places.length; i++) {
            byte[] bytes = good.clone();
            bytes[places[i]] ^= 1;
            Files.write(file, bytes);
            assertRefused(told[i]);
        }
    }
}
