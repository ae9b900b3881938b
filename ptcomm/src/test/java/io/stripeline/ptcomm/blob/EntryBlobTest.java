package io.stripeline.ptcomm.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Xattr;
import io.stripeline.snapshot.FormatException;
import io.stripeline.testkit.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EntryBlobTest {
    private static final int PACKET = 900_000;

    static byte[] one(EntryBlob blob) {
        List<byte[]> parts = blob.encode(PACKET);
        assertThat(parts).hasSize(1);
        return parts.get(0);
    }

    /** Only a FormatException, or the same value: a damaged checksum may be damaged back by chance, other values not. */
    static boolean isRefused(byte[] damaged, EntryBlob blob) {
        try {
            assertThat(EntryBlob.decode(List.of(damaged))).isEqualTo(blob);
            return false;
        } catch (FormatException expected) {
            assertThat(expected.getMessage()).isNotEmpty();
            return true;
        }
    }

    private static EntryBlob withXattrs(int... lengths) {
        List<Xattr> xattrs = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(5);
        for (int length : lengths) {
            byte[] value = new byte[length];
            random.nextBytes(value);
            xattrs.add(new Xattr(("user.x" + xattrs.size()).getBytes(), value));
        }
        EntryBlob plain = RandomBlobs.plain("/lustre/a");
        return new EntryBlob(plain.path(), false, plain.inode(), new Attributes(new byte[0], xattrs, 0, 0, null), null);
    }

    @Seeds(300)
    void comesBack(SplittableRandom random) {
        RandomBlobs blobs = new RandomBlobs(random);
        for (int i = 0; i < 20; i++) {
            EntryBlob blob = blobs.next();
            byte[] bytes = one(blob);
            assertThat(EntryBlob.isBlob(bytes)).isTrue();
            assertThat(EntryBlob.decode(List.of(bytes))).isEqualTo(blob);
        }
    }

    @Seeds(60)
    void comesBackInPartsOfAnyOrder(SplittableRandom random) {
        EntryBlob blob = new RandomBlobs(random).next();
        int whole = one(blob).length;
        int maxPartBytes = Math.max(whole / 60_000 + 23, 23 + random.nextInt(whole));
        List<byte[]> parts = new ArrayList<>(blob.encode(maxPartBytes));
        assertThat(parts).allMatch(part -> part.length <= maxPartBytes && EntryBlob.isBlob(part));
        Collections.shuffle(parts, new Random(random.nextLong()));
        assertThat(EntryBlob.decode(parts)).isEqualTo(blob);
    }

    @Test
    void aPlainFileIsSmall() {
        String path = "/home/anna/src/main.c";
        EntryBlob lustre = RandomBlobs.plain(path);
        assertThat(one(lustre)).hasSizeLessThanOrEqualTo(92 + path.length());
        Inode was = lustre.inode();
        InodeId local = new InodeId(0, 0, 12_345_678);
        Inode inode = new Inode(
                local, 0100644, 1, 1000, 1000, 5_432, 16, 0, was.atime(), was.mtime(), was.mtime(), was.btime());
        EntryBlob blob = new EntryBlob(RawPath.of(path), false, inode, Attributes.NONE, null);
        assertThat(one(blob)).hasSizeLessThanOrEqualTo(67 + path.length());
    }

    @Test
    void aMebibyteOfAttributesIsSeveralPackets() {
        EntryBlob blob = withXattrs(65_536, 500_000, 500_000);
        List<byte[]> parts = blob.encode(PACKET);
        assertThat(parts).hasSize(2);
        assertThat(EntryBlob.decode(List.of(parts.get(1), parts.get(0)))).isEqualTo(blob);
    }

    @Test
    void aSetThatIsNotCompleteIsNamed() {
        List<byte[]> parts = withXattrs(1_000).encode(300);
        assertThat(parts).hasSize(4);
        assertThatThrownBy(() -> EntryBlob.decode(parts.subList(0, 3)))
                .isInstanceOf(FormatException.class)
                .hasMessage("Part 4 of 4 of the blob is missing");
        assertThatThrownBy(() -> EntryBlob.decode(List.of(parts.get(1))))
                .isInstanceOf(FormatException.class)
                .hasMessage("Part 1 of 4 of the blob is missing");
        List<byte[]> twice = List.of(parts.get(0), parts.get(1), parts.get(1), parts.get(3));
        assertThatThrownBy(() -> EntryBlob.decode(twice))
                .isInstanceOf(FormatException.class)
                .hasMessage("Part 2 of 4 of the blob is there twice");
        List<byte[]> foreign = new ArrayList<>(parts);
        foreign.set(2, withXattrs(999).encode(300).get(2));
        assertThatThrownBy(() -> EntryBlob.decode(foreign))
                .isInstanceOf(FormatException.class)
                .hasMessageStartingWith("Part 3 of 4 of the blob is foreign");
        List<byte[]> mixed = List.of(parts.get(0), one(RandomBlobs.plain("/b")));
        assertThatThrownBy(() -> EntryBlob.decode(mixed)).isInstanceOf(FormatException.class);
        assertThatThrownBy(() -> EntryBlob.decode(List.of())).isInstanceOf(FormatException.class);
    }

    @Test
    void aDamagedPartIsNamed() {
        List<byte[]> parts = withXattrs(1_000).encode(300);
        parts.get(1)[100] ^= 1;
        assertThatThrownBy(() -> EntryBlob.decode(parts))
                .isInstanceOf(FormatException.class)
                .hasMessage("Part 2 of 4 of the blob is damaged: its checksum differs");
    }

    @Test
    void anotherVersionIsRefusedByName() {
        byte[] bytes = one(RandomBlobs.plain("/a"));
        bytes[4] = 2;
        assertThatThrownBy(() -> EntryBlob.decode(List.of(bytes)))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("version 2")
                .hasMessageContaining("newer program");
    }

    @Test
    void foreignBytesAreToldApart() {
        assertThat(EntryBlob.isBlob(new byte[0])).isFalse();
        assertThat(EntryBlob.isBlob("SLX1META".getBytes())).isFalse();
        assertThatThrownBy(() -> EntryBlob.decode(List.of(new byte[100]))).isInstanceOf(FormatException.class);
    }

    @Seeds(10)
    void everyBitAndEveryLengthIsProved(SplittableRandom random) {
        EntryBlob blob = new RandomBlobs(random).next();
        byte[] bytes = one(blob);
        for (int i = 0; i < bytes.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = bytes.clone();
                damaged[i] ^= (byte) (1 << bit);
                assertThat(isRefused(damaged, blob))
                        .as("bit %d of byte %d", bit, i)
                        .isTrue();
            }
            assertThat(isRefused(Arrays.copyOf(bytes, i), blob))
                    .as("length %d", i)
                    .isTrue();
        }
        assertThat(isRefused(Arrays.copyOf(bytes, bytes.length + 1), blob)).isTrue();
    }

    @Seeds(4)
    void everyByteOfEveryPartIsProved(SplittableRandom random) {
        EntryBlob blob = withXattrs(200 + random.nextInt(100));
        List<byte[]> parts = blob.encode(150);
        for (int p = 0; p < parts.size(); p++) {
            byte[] good = parts.get(p);
            for (int i = 0; i < good.length; i++) {
                List<byte[]> damaged = new ArrayList<>(parts);
                byte[] bad = good.clone();
                bad[i] ^= (byte) (1 + random.nextInt(255));
                damaged.set(p, bad);
                assertThatThrownBy(() -> EntryBlob.decode(damaged)).isInstanceOf(FormatException.class);
                damaged.set(p, Arrays.copyOf(good, i));
                assertThatThrownBy(() -> EntryBlob.decode(damaged)).isInstanceOf(FormatException.class);
            }
        }
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeItIsSent() {
        EntryBlob blob = withXattrs(70_000);
        assertThatThrownBy(() -> blob.encode(22)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> blob.encode(23)).isInstanceOf(IllegalArgumentException.class);
        assertThat(blob.path()).isEqualTo(RawPath.of("/lustre/a"));
    }
}
