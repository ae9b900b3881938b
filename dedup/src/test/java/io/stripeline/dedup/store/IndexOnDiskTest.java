package io.stripeline.dedup.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.blob.DirectoryBlobStore;
import io.stripeline.dedup.index.IndexCacheException;
import io.stripeline.dedup.index.IndexFile;
import io.stripeline.dedup.index.MemoryChunkIndex;
import io.stripeline.dedup.index.RocksChunkIndex;
import io.stripeline.posix.Processes;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import java.io.BufferedReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index as a cache on this machine's disk: never more than the store says, and gone without a loss. */
class IndexOnDiskTest {
    @TempDir
    Path temporary;

    private final Map<BlobId, byte[]> blobs = new LinkedHashMap<>();
    private final List<String> notices = new ArrayList<>();
    private int seed;

    @BeforeEach
    void small() {
        System.setProperty("stripeline.cache", temporary.resolve("cache").toString());
        System.setProperty("stripeline.index.memory", "10");
        StoreDirectory.below(temporary).init(StoreConfig.create(1)).close();
    }

    @AfterEach
    void asBefore() {
        System.clearProperty("stripeline.cache");
        System.clearProperty("stripeline.index.memory");
    }

    private Repository open() {
        Repository repository = StoreDirectory.below(temporary).open();
        repository.notices().listener((cause, message) -> notices.add(message));
        return repository;
    }

    private long fill(Repository repository, int count) {
        try (WriteSession session = repository.begin(List.of())) {
            Random random = new Random(seed++);
            for (int i = 0; i < count; i++) {
                byte[] bytes = new byte[200 + random.nextInt(2000)];
                random.nextBytes(bytes);
                blobs.put(session.put(BlobKind.DATA, ByteBuffer.wrap(bytes)), bytes);
            }
            blobs.values().forEach(bytes -> session.put(BlobKind.DATA, ByteBuffer.wrap(bytes)));
            session.commitRoot(RootKind.SNAPSHOT, new byte[] {1});
            return session.writtenBytes();
        }
    }

    private void assertAll(Repository repository) {
        blobs.forEach((id, bytes) -> assertThat(repository.get(id)).isEqualTo(bytes));
        assertThat(repository.check(true, finding -> {}).damaged()).isZero();
    }

    private boolean isOnDisk() throws Exception {
        try (var files = Files.walk(temporary.resolve("cache"))) {
            return files.anyMatch(file -> file.endsWith("CURRENT"));
        }
    }

    /** The one directory of the index; fails where there are more. */
    private Path cached() throws Exception {
        try (var files = Files.list(home().resolve("index"))) {
            return files.filter(Files::isDirectory).collect(Collectors.collectingAndThen(Collectors.toList(), list -> {
                assertThat(list).hasSize(1);
                return list.get(0);
            }));
        }
    }

    private Path home() throws Exception {
        try (var files = Files.list(temporary.resolve("cache"))) {
            return files.findFirst().orElseThrow();
        }
    }

    private void assertNothingIsOpen() throws Exception {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            for (Path each : files.toList()) {
                try {
                    assertThat(Files.readSymbolicLink(each).toString()).doesNotContain(temporary.toString());
                } catch (NoSuchFileException closedMeanwhile) {
                    continue;
                }
            }
        }
    }

    private static void remove(Path directory) throws Exception {
        try (var files = Files.walk(directory)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private List<Path> indexFiles() throws Exception {
        try (var files = Files.list(temporary.resolve("store/index"))) {
            return files.toList();
        }
    }

    private IndexFile read(Path file) throws Exception {
        return IndexFile.parse(BlobId.parse(file.getFileName().toString()), Files.readAllBytes(file));
    }

    @Test
    void aStoreThatGrowsGoesToTheDiskAndIsReadFromThere() throws Exception {
        try (Repository repository = open()) {
            fill(repository, 9);
            assertThat(temporary.resolve("cache")).doesNotExist();
            fill(repository, 9);
            assertThat(isOnDisk()).isTrue();
            fill(repository, 9);
            assertAll(repository);
        }
        try (Repository repository = open()) {
            assertAll(repository);
            assertThat(fill(repository, 0)).isZero(); // all is known
            assertThat(repository.index().size()).isEqualTo(27);
        }
        assertThat(notices).isEmpty();
    }

    @Test
    void itIsMadeAnewWhereItIsAbsentOrDamaged() throws Exception {
        try (Repository repository = open()) {
            fill(repository, 50);
            fill(repository, 50);
        }
        for (String damaged : List.of("CURRENT", "MANIFEST", "everything")) {
            try (var files = Files.list(cached())) {
                for (Path file : files.toList()) {
                    if (damaged.equals("everything")) {
                        Files.delete(file);
                    } else if (file.getFileName().toString().startsWith(damaged)) {
                        Files.write(file, new byte[] {1, 2, 3});
                    }
                }
            }
            try (Repository repository = open()) {
                assertThat(fill(repository, 0)).as(damaged).isZero();
                assertAll(repository);
            }
        }
        assertThat(notices).isEmpty();
    }

    @Test
    void itIsNeverTrustedOverTheStore() throws Exception {
        try (Repository repository = open()) {
            fill(repository, 20);
            fill(repository, 20);
        }
        Files.delete(indexFiles().get(0)); // as a prune does
        try (Repository repository = open();
                WriteSession session = repository.begin(List.of())) {
            long known = blobs.keySet().stream().filter(session::contains).count();
            assertThat(known).isEqualTo(20);
        }
    }

    /** A writer must not rely on packs that no index file names: a prune would remove them. */
    @Test
    void anIndexFileThatIsDamagedSinceIsNotRememberedAsWhole() throws Exception {
        try (Repository repository = open()) {
            fill(repository, 20);
            fill(repository, 20);
        }
        Path damaged = indexFiles().get(0);
        byte[] bytes = Files.readAllBytes(damaged);
        bytes[bytes.length / 2] ^= 1;
        Files.write(damaged, bytes);
        try (Repository repository = open()) {
            assertThat(fill(repository, 0)).isPositive(); // again what was in it
            blobs.forEach((id, content) -> assertThat(repository.get(id)).isEqualTo(content));
        }
        assertThat(notices).anyMatch(notice -> notice.contains(damaged.getFileName() + " at byte"));
        assertThat(notices).noneMatch(notice -> notice.contains("in memory"));
    }

    @Test
    void whatFailsWhileItIsReadIsLeftForMemory() throws Exception {
        try (Repository repository = open()) {
            fill(repository, 3000);
        }
        Path table;
        try (var files = Files.list(cached())) {
            table = files.filter(file -> file.toString().endsWith(".sst"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(table);
        for (int at = bytes.length / 2; at < bytes.length / 2 + 20_000; at++) { // behind the names of index files
            bytes[at] ^= 85;
        }
        Files.write(table, bytes);
        try (Repository repository = open()) {
            blobs.forEach((id, content) -> assertThat(repository.get(id)).isEqualTo(content));
            assertThat(notices).singleElement().asString().contains("held in memory", "checksum mismatch");
            assertThat(fill(repository, 20)).isPositive();
            assertAll(repository);
            assertThat(isOnDisk()).isFalse();
        }
        notices.clear();
        assertNothingIsOpen();
        try (Repository repository = open()) {
            assertAll(repository);
            assertThat(isOnDisk()).isTrue();
        }
        assertThat(notices).isEmpty();
    }

    @Test
    void itMayBeRemovedWhileItIsOpen() throws Exception {
        try (Repository repository = open()) {
            fill(repository, 30);
            remove(temporary.resolve("cache"));
            fill(repository, 30);
            assertAll(repository);
        }
        assertNothingIsOpen();
        try (Repository repository = open()) {
            assertThat(fill(repository, 0)).isZero();
            assertAll(repository);
            assertThat(cached()).isDirectory();
        }
    }

    @Test
    void ofTwoInAProcessTheSecondStaysInMemoryAndSaysSo() throws Exception {
        try (Repository first = open()) {
            fill(first, 30);
            try (Repository second = open()) {
                fill(second, 5);
                assertThat(notices).singleElement().asString().contains("in memory", "in use by this process");
                assertAll(second);
            }
            assertAll(first);
        }
        notices.clear();
        assertNothingIsOpen();
        try (Repository third = open()) {
            assertAll(third);
        }
        assertThat(notices).isEmpty();
    }

    /** One that was killed, too: without a log of its own the cache loses what was last, and nothing else. */
    @Test
    void whatAnotherProcessHoldsIsFreeWhenThatIsKilled() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-Dstripeline.cache=" + temporary.resolve("cache"),
                        "-Dstripeline.index.memory=10",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        temporary.resolve("store").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = child.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("stored");
            try (Repository repository = open()) {
                fill(repository, 20);
                assertThat(notices).singleElement().asString().contains("in memory", "in use by another process");
            }
        } finally {
            child.destroyForcibly().waitFor();
        }
        notices.clear();
        for (Random random = new Random(Child.SEED); blobs.size() < 20 + Child.BLOBS; ) {
            byte[] bytes = new byte[1000];
            random.nextBytes(bytes);
            blobs.put(BlobId.of(Envelope.sha256(bytes, 0, bytes.length), 0), bytes);
        }
        try (Repository repository = open()) {
            assertThat(fill(repository, 0)).isZero();
            assertAll(repository);
            assertThat(cached()).isDirectory();
        }
        assertThat(notices).isEmpty();
    }

    /** Stores some blobs with the index on the disk, and waits to be killed. */
    static final class Child {
        static final int SEED = 77;
        static final int BLOBS = 50;

        private Child() {}

        public static void main(String[] store) throws Exception {
            Repository repository = Repository.open(DirectoryBlobStore.open(Path.of(store[0])));
            Random random = new Random(SEED);
            for (int i = 0; i < 2; i++) {
                try (WriteSession session = repository.begin(List.of())) {
                    for (int n = 0; n < BLOBS / 2; n++) {
                        byte[] bytes = new byte[1000];
                        random.nextBytes(bytes);
                        session.put(BlobKind.DATA, ByteBuffer.wrap(bytes));
                    }
                    session.commitRoot(RootKind.SNAPSHOT, new byte[] {1});
                }
            }
            System.out.println("stored");
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    @Test
    void noPlaceForItIsToldAndTheIndexIsInMemory() throws Exception {
        Path file = Files.createFile(temporary.resolve("file"));
        Path open = Files.createDirectory(temporary.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        Map<String, String> places = Map.of(
                "",
                "no home directory",
                file.toString(),
                "Not a directory",
                "/proc/nowhere",
                "NoSuchFile",
                open.toString(),
                "this user alone can write");
        for (Map.Entry<String, String> each : places.entrySet()) {
            notices.clear();
            System.setProperty("stripeline.cache", each.getKey());
            try (Repository repository = open()) {
                fill(repository, 20);
                assertAll(repository);
            }
            assertThat(notices)
                    .filteredOn(notice -> notice.startsWith("The index"))
                    .singleElement()
                    .asString()
                    .contains("held in memory", each.getValue());
        }
    }

    @Test
    void whatAnotherUserCouldHaveWrittenIsNotBelieved() throws Exception {
        assumeTrue(Processes.isRoot(), "only root can give a directory to another user");
        try (Repository repository = open()) {
            fill(repository, 20);
        }
        Files.setAttribute(home(), "unix:uid", 65534);
        try (Repository repository = open()) {
            assertAll(repository);
        }
        assertThat(notices).singleElement().asString().contains("held in memory", "this user alone can write");
    }

    @Test
    void aStoreTooLargeForMemoryIsRefusedWithAdvice() {
        Notices told = new Notices();
        try (BlobStore store = DirectoryBlobStore.open(temporary.resolve("store"));
                StoreIndex index = new StoreIndex(null, new IndexFiles(store, told), told, (failed, failure) -> {})) {
            long tooMany = Runtime.getRuntime().maxMemory() / 100;
            assertThat(index.wantsDisk(tooMany)).isTrue();
            assertThatThrownBy(() -> index.toDisk(new IndexFiles.Listing(List.of(), tooMany)))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(tooMany + " chunks")
                    .hasMessageContaining("-Xmx")
                    .hasMessageContaining("XDG_CACHE_HOME");
        }
    }

    @Test
    void whatSeveralMachinesMountIsNoLocalDisk() {
        assertThat(List.of("nfs4", "lustre", "beegfs_nodev", "fuse.sshfs", "ceph"))
                .allMatch(CacheHome::isShared);
        assertThat(List.of("ext4", "xfs", "btrfs", "overlay", "tmpfs", "zfs")).noneMatch(CacheHome::isShared);
    }

    @Test
    void restsOfOtherVersionsAreRemoved() throws Exception {
        try (Repository repository = open()) {
            fill(repository, 20);
        }
        Path rest = Files.createDirectory(home().resolve("index/of-another-version"));
        Files.createFile(rest.resolve("file"));
        Files.createDirectory(home().resolve("index/chunks1-rest"));
        try (Repository repository = open()) {
            assertAll(repository);
            assertThat(rest).doesNotExist();
            assertThat(cached()).isDirectory();
        }
        assertThat(notices).isEmpty();
    }

    @Test
    void answersAreThoseOfTheIndexInMemory() throws Exception {
        try (Repository repository = open()) {
            fill(repository, 40);
            fill(repository, 40);
        }
        Path directory = Files.createDirectory(temporary.resolve("rocks"));
        MemoryChunkIndex memory = new MemoryChunkIndex();
        Set<BlobId> names = new HashSet<>();
        try (RocksChunkIndex disk = RocksChunkIndex.open(directory)) {
            for (Path each : indexFiles()) {
                IndexFile file = read(each);
                names.add(file.name());
                disk.add(file);
                memory.add(file);
            }
            blobs.keySet().forEach(id -> assertThat(disk.find(id)).isEqualTo(memory.find(id)));
            assertThat(disk.find(BlobId.of(new byte[32], 0))).isNull();
        }
        RocksChunkIndex disk = RocksChunkIndex.open(directory);
        assertThat(disk.names()).isEqualTo(names);
        assertThat(disk.size()).isEqualTo(80);
        blobs.keySet().forEach(id -> assertThat(disk.find(id)).isEqualTo(memory.find(id)));
        disk.close();
        disk.close();
        assertThatThrownBy(() -> disk.find(BlobId.of(new byte[32], 0))).isInstanceOf(IndexCacheException.class);
        memory.close();
    }
}
