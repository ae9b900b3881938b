package io.stripeline.fs.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.FileSystemDriver;
import io.stripeline.FileSystemId;
import io.stripeline.Volume;
import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.inode.Entry;
import io.stripeline.inode.InodeBatch;
import io.stripeline.posix.Fcntl;
import io.stripeline.read.ContentSource;
import io.stripeline.read.Read;
import io.stripeline.read.ReadSpec;
import io.stripeline.scan.ScanSpec;
import io.stripeline.slab.SlabPool;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PosixVolumeTest {
    @TempDir
    Path temp;

    @Test
    void isFoundAndScans() throws Exception {
        Files.createFile(temp.resolve("f"));
        try (Volume volume = FileSystemDriver.openBest(temp)) {
            assertThat(volume.root()).isEqualTo(temp);
            List<InodeBatch> batches =
                    volume.scan(ScanSpec.all(), Job.start()).collectList().block();
            assertThat(batches).singleElement().satisfies(batch -> {
                assertThat(batch.size()).isEqualTo(2);
                assertThat(batch.path(0).isRoot()).isTrue();
                assertThat(batch.path(1)).hasToString("f");
                assertThat(volume.fileSystemId(batch.device(1))).isEqualTo(volume.fileSystemId());
            });
        }
    }

    @Test
    void anIdentityIsTheSameTwiceAndDiffersFromOthers() {
        try (Volume one = PosixVolume.open(temp);
                Volume two = PosixVolume.open(temp.getParent());
                Volume proc = PosixVolume.open(Path.of("/proc"))) {
            assertThat(one.fileSystemId()).isEqualTo(two.fileSystemId()).isNotEqualTo(proc.fileSystemId());
        }
    }

    /** As files of a lower layer of an overlayfs have, and subvolumes of btrfs that were not entered. */
    @Test
    void aDeviceThatIsMountedNowhereHasAnIdentityOfItsOwn() {
        try (Volume one = PosixVolume.open(temp);
                Volume two = PosixVolume.open(temp.getParent());
                Volume proc = PosixVolume.open(Path.of("/proc"))) {
            FileSystemId id = one.fileSystemId(-7);
            assertThat(id)
                    .isEqualTo(one.fileSystemId(-7))
                    .isEqualTo(two.fileSystemId(-7))
                    .isNotEqualTo(one.fileSystemId())
                    .isNotEqualTo(one.fileSystemId(-8))
                    .isNotEqualTo(proc.fileSystemId(-7));
            assertThat(new String(id.toBytes(), StandardCharsets.ISO_8859_1)).startsWith("posix:device:");
        }
    }

    @Test
    void danglingLinksOfUdevDoNotHideTheOthers() throws Exception {
        Path links = Files.createDirectory(temp.resolve("by-uuid"));
        Path device = Files.createFile(temp.resolve("sda1"));
        for (int i = 0; i < 50; i++) {
            Files.createSymbolicLink(links.resolve("gone" + i), temp.resolve("missing" + i));
        }
        Files.createSymbolicLink(links.resolve("loop"), links.resolve("loop"));
        Files.createSymbolicLink(links.resolve("0f0e0d0c-0000-4000-8000-0000000000ff"), device);
        assertThat(FileSystemIds.byUuid(links, device))
                .hasValueSatisfying(uuid ->
                        assertThat(uuid).isEqualTo(HexFormat.of().parseHex("0f0e0d0c0000400080000000000000ff")));
        assertThat(FileSystemIds.byUuid(links, Files.createFile(temp.resolve("sdb1"))))
                .isEmpty();
        assertThat(FileSystemIds.byUuid(links, temp.resolve("sdc1"))).isEmpty();
    }

    @Test
    void aRootMustBeADirectory() {
        assertThatThrownBy(() -> PosixVolume.open(temp.resolve("missing"))).hasMessageContaining("ENOENT");
    }

    @Test
    void theRootIsWhereTheKernelFindsIt() throws Exception {
        Path far = Files.createDirectories(temp.resolve("far/away"));
        Files.createFile(Files.createDirectory(temp.resolve("far/x")).resolve("here"));
        Files.createDirectory(temp.resolve("x"));
        Path link = Files.createSymbolicLink(temp.resolve("link"), far);
        try (Volume volume = PosixVolume.open(link.resolve("../x"))) {
            assertThat(volume.root()).isEqualTo(temp.toRealPath().resolve("far/x"));
            assertThat(volume.scan(ScanSpec.all(), Job.start()).blockLast().size())
                    .isEqualTo(2);
        }
        try (Volume volume = PosixVolume.open(far.resolve("../x"))) {
            assertThat(volume.root()).isEqualTo(temp.resolve("far/x"));
        }
        try (Volume volume = PosixVolume.open(link)) {
            assertThat(volume.root()).isEqualTo(link);
        }
    }

    /** Descriptors of this process on a file, with their flags of open(2). */
    private static List<Integer> flagsOf(Path file) throws Exception {
        List<Integer> out = new ArrayList<>();
        try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
            for (Path fd : fds.toList()) {
                Path info = Path.of("/proc/self/fdinfo", fd.getFileName().toString());
                if (Files.isSymbolicLink(fd) && Files.readSymbolicLink(fd).equals(file)) {
                    String flags = Files.readAllLines(info).stream()
                            .filter(line -> line.startsWith("flags:"))
                            .findFirst()
                            .orElseThrow();
                    out.add(Integer.parseInt(flags.split("\\s+")[1], 8));
                }
            }
        }
        return out;
    }

    @Test
    void largeFilesAreReadAroundThePageCacheWhereAsked() throws Exception {
        byte[] content = new byte[300_001];
        new Random(3).nextBytes(content);
        Path large = Files.write(temp.toRealPath().resolve("large"), content);
        Path small = Files.write(temp.toRealPath().resolve("small"), new byte[5000]);
        try (Volume volume = PosixVolume.open(temp);
                SlabPool slabs = SlabPool.of(4, 64 << 10)) {
            List<Entry> files = new ArrayList<>();
            for (InodeBatch batch : volume.scan(ScanSpec.all(), Job.start()).toIterable(8)) {
                IntStream.range(0, batch.size()).mapToObj(batch::entry).forEach(files::add);
            }
            files.removeIf(entry -> entry.inode().isDirectory());
            assertThat(files).hasSize(2);
            ContentSource direct = volume.directContent(100_000);
            for (Entry entry : files) {
                boolean isLarge = entry.path().toString().equals("large");
                try (ContentSource.OpenFile open = direct.open(entry)) {
                    assertThat(open.inode().sizeBytes()).isEqualTo(isLarge ? content.length : 5000);
                    List<Integer> flags = flagsOf(isLarge ? large : small);
                    assertThat(flags).allMatch(one -> (one & Fcntl.O_NOATIME) != 0);
                    boolean around = flags.stream().anyMatch(one -> (one & Fcntl.O_DIRECT) != 0);
                    if (isLarge && flags.size() == 1) {
                        System.out.println("PosixVolumeTest: no O_DIRECT on the filesystem of temporary files");
                    } else {
                        assertThat(around).isEqualTo(isLarge);
                    }
                }
            }
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            Job job = Job.start();
            volume.scan(ScanSpec.all().include("large"), job)
                    .transform(Read.items(direct, slabs, ReadSpec.standard(), Base.NONE, job))
                    .doOnNext(item -> {
                        if (item instanceof Item.Data data) {
                            byte[] piece = new byte[data.slab().buffer().remaining()];
                            data.slab().buffer().get(piece);
                            read.writeBytes(piece);
                            data.slab().release();
                        }
                    })
                    .blockLast();
            assertThat(read.toByteArray()).isEqualTo(content);
            assertThat(job.problems().groups()).isEmpty();
        }
    }
}
