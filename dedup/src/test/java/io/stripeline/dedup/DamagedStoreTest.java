package io.stripeline.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.blob.DirectoryBlobStore;
import io.stripeline.dedup.index.IndexBuilder;
import io.stripeline.dedup.index.IndexFile;
import io.stripeline.dedup.pack.PackReader;
import io.stripeline.dedup.pack.SealedPack;
import io.stripeline.dedup.store.Repository;
import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.inode.RawPath;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import io.stripeline.snapshot.FormatException;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.DiskFacts;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Slabs;
import io.stripeline.testkit.Tree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Damage of what is not content: roots, index files, condemned lists; and a place that is no store. */
@Timeout(120)
class DamagedStoreTest {
    private static final int FILE_BYTES = 300_000;
    /** Its chunks stand in a list of its own. */
    private static final int LARGE_BYTES = 6_000_000;

    @TempDir
    Path temporary;

    private StoredTree stored;
    private Path directory;

    @BeforeEach
    void makeTree() throws Exception {
        stored = StoredTree.create(temporary, Tree.root(Tree.file("f", Content.random(1, FILE_BYTES))));
        directory = stored.store();
    }

    private Report backup() {
        return stored.backup(StoredTree.later());
    }

    private List<Path> files(String folder) throws Exception {
        if (!Files.exists(directory.resolve(folder))) {
            return List.of();
        }
        try (var list = Files.walk(directory.resolve(folder))) {
            return list.filter(Files::isRegularFile).toList();
        }
    }

    private static void flip(Path file) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void latestIsNoOlderSnapshotThanTheDamagedOneMayBe() throws Exception {
        String first = backup().id();
        String second = backup().id();
        Path damaged = directory.resolve("roots/" + second);
        byte[] good = Files.readAllBytes(damaged);
        flip(damaged);
        try (DedupStore store = DedupStore.open(directory)) {
            Job job = Job.start();
            String older = store.sets(job).get(0).id();
            assertThatThrownBy(() -> store.find("latest", job))
                    .isInstanceOf(NoSuchSnapshotException.class)
                    .hasMessageContaining("roots/" + second)
                    .hasMessageContaining("checksum")
                    .hasMessageContaining("restore STORE " + older);
            assertThat(store.find(older, job).shards().get(0).id()).isEqualTo(first);
            assertThat(store.find(first, job).id()).isEqualTo(older);
        }
        assertThat(stored.check(false, Job.start()).isSound()).isFalse();
        Report report = backup();
        assertThat(report.isComplete()).as("all was read").isTrue();
        assertThat(report.count(Problem.Severity.ERROR)).isZero();
        assertThat(report.problems().toString()).contains("roots/" + second);
        Files.write(damaged, good);
        stored.assertRestored();
        Files.delete(damaged);
        stored.assertRestored();
    }

    @Test
    void whatOnlyPacksWithoutAnIndexHaveIsNotSound() throws Exception {
        backup();
        for (Path each : files("index")) {
            Files.delete(each);
        }
        Job job = Job.start();
        assertThat(stored.check(true, job).isSound()).isFalse();
        assertThat(job.problems().groups().toString()).contains("no index file names", "--force");
        assertThat(backup().get(Counter.BYTES)).isEqualTo(FILE_BYTES);
        assertThat(stored.check(true, Job.start()).isSound()).isTrue();
    }

    /** As a long backup leaves them, one index file names nothing but data; it is lost. */
    @Test
    void whatNoIndexFileNamesIsReadAgainThoughAllElseIsThere() throws Exception {
        DiskTree.create(stored.source(), Tree.root(Tree.file("large", Content.random(1 << 20, LARGE_BYTES))));
        backup();
        List<SealedPack> meta = new ArrayList<>();
        try (BlobStore blobs = DirectoryBlobStore.open(directory);
                Repository repository = Repository.open(DirectoryBlobStore.open(directory))) {
            PackReader reader = new PackReader(blobs);
            for (Path each : files("packs")) {
                SealedPack pack = reader.open(BlobId.parse(each.getFileName().toString()));
                if (pack.kind() == BlobKind.META) {
                    meta.add(pack);
                }
            }
            IndexFile index = IndexBuilder.build(repository.config().store(), meta);
            for (Path each : files("index")) {
                Files.delete(each);
            }
            Files.write(directory.resolve(IndexFile.nameOf(index.name())), index.toBytes());
        }
        Report report = backup();
        assertThat(report.get(Counter.BYTES)).isEqualTo(FILE_BYTES + LARGE_BYTES);
        assertThat(report.get(Counter.STORED_BYTES)).isGreaterThan(FILE_BYTES + LARGE_BYTES);
        assertThat(report.isComplete()).isTrue();
        assertThat(report.problems().toString()).contains("no index file names");
        assertThat(stored.check(true, Job.start()).isSound()).isTrue();
        assertThat(backup().get(Counter.BYTES)).isZero();
        stored.assertRestored();
    }

    @Test
    void withoutACondemnedListNothingStoredIsReliedOn() throws Exception {
        backup();
        assertThat(backup().get(Counter.BYTES)).isZero();
        Path list = Files.createDirectories(directory.resolve("condemned")).resolve("0123456789abcdef0123456789abcdef");
        Files.write(list, new byte[] {1, 2, 3});
        Files.write(directory.resolve("condemned/foo"), new byte[] {1});
        Report report = backup();
        assertThat(report.isComplete()).isTrue();
        assertThat(report.get(Counter.BYTES)).isEqualTo(FILE_BYTES);
        assertThat(report.get(Counter.STORED_BYTES)).isGreaterThan(FILE_BYTES);
        assertThat(report.problems().toString()).contains("condemned/0123", "check --read-data");
        Job job = Job.start();
        assertThat(stored.check(false, job).isSound()).isFalse();
        assertThat(job.problems().groups().toString())
                .contains("condemned/0123")
                .doesNotContain("foo");
        assertThat(list).exists();
        Files.write(directory.resolve("prune"), new byte[] {1});
        assertThat(stored.check(true, Job.start()).isSound()).isFalse();
        assertThat(list).as("it may be of that prune").exists();
        Files.delete(directory.resolve("prune"));
        assertThat(stored.check(true, Job.start()).isSound()).isFalse();
        assertThat(list).doesNotExist();
        assertThat(stored.check(true, Job.start()).isSound()).isTrue();
        assertThat(backup().get(Counter.BYTES)).isZero();
        stored.assertRestored();
    }

    @Test
    void whatWasDamagedIsRecordedAnewBeforeTheListGoes() throws Exception {
        backup();
        for (Path pack : files("packs")) {
            if (Files.size(pack) > FILE_BYTES) {
                flip(pack);
            }
        }
        assertThat(stored.check(true, Job.start()).isSound()).isFalse();
        Path list = files("condemned").get(0);
        flip(list);
        stored.check(true, Job.start());
        assertThat(list).doesNotExist();
        assertThat(files("condemned")).hasSize(1);
        assertThat(backup().get(Counter.BYTES)).isEqualTo(FILE_BYTES);
        assertThat(backup().get(Counter.BYTES)).as("there is a sound copy now").isZero();
    }

    @Test
    void aDirectoryWithOtherThingsBecomesNoStore() throws Exception {
        Path project = Files.createDirectory(temporary.resolve("project"));
        Files.writeString(project.resolve("thesis.tex"), "x");
        assertThatThrownBy(() -> DedupStore.openOrCreate(project))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("thesis.tex")
                .hasMessageContaining(project.toString());
        try (var list = Files.list(project)) {
            assertThat(list).containsExactly(project.resolve("thesis.tex"));
        }
        Path git = Files.createDirectory(temporary.resolve("git"));
        Files.writeString(git.resolve("config"), "[core]\n");
        assertThatThrownBy(() -> DedupStore.openOrCreate(git)).isInstanceOf(FormatException.class);
        try (var list = Files.list(git)) {
            assertThat(list).containsExactly(git.resolve("config"));
        }
    }

    @Test
    void anEmptyFilesystemAndAHalfMadeStoreBecomeOne() throws Exception {
        Path half = Files.createDirectory(temporary.resolve("half"));
        Files.createDirectory(half.resolve("lost+found"));
        Files.createDirectory(half.resolve("probes"));
        Files.write(half.resolve("probes/0123456789abcdef0123456789abcdef"), new byte[] {1});
        Files.write(half.resolve("probes/.tmp-0123456789abcdef01234567"), new byte[] {1});
        Files.write(half.resolve(".tmp-0123456789abcdef01234567"), new byte[] {1}); // of its config
        DedupStore.openOrCreate(half).close();
        Files.writeString(half.resolve("README"), "what people lay beside a store that stands");
        DedupStore.openOrCreate(half).close();
        DedupStore.open(half).close();
    }

    private static void directory(Path source, String name) throws Exception {
        Tree[] files = new Tree[200];
        for (int i = 0; i < files.length; i++) {
            files[i] = Tree.file(name + "-file" + i, Content.random(1000L * name.hashCode() + i, 20));
        }
        DiskTree.create(source, Tree.root(Tree.dir(name, files)));
    }

    /** Reads all of the latest snapshot as far as that can be, and proves that what is missing is named. */
    private Set<String> assertAllIsRestoredOrNamed() {
        Set<String> named = ConcurrentHashMap.newKeySet();
        Job job = Job.start(problem -> named.add(problem.path().toString()));
        Restored restored = new Restored();
        try (DedupStore store = DedupStore.open(directory)) {
            store.restore(store.find("latest", job), List.of(), Slabs.pool(16, 64 << 10), job)
                    .doOnNext(restored::accept)
                    .blockLast(Duration.ofSeconds(60));
        }
        Set<String> missing = new TreeSet<>();
        for (RawPath path : DiskFacts.of(stored.source()).paths()) {
            Restored.Seen seen = restored.entries.get(path);
            if (seen == null || !seen.outcome().hasContent()) {
                missing.add(path.toString());
                assertThat(named).containsAnyOf(path.toString(), path.parent().toString());
            }
        }
        return missing;
    }

    @Test
    void oneLostMetadataPackCostsItsDirectoriesAndEachIsNamed() throws Exception {
        for (String name : List.of("d0", "d1", "d2")) {
            directory(stored.source(), name);
        }
        backup();
        List<Path> first = metadataPacks();
        for (String name : List.of("e0", "e1", "e2")) {
            directory(stored.source(), name);
        }
        backup();
        directory(stored.source(), "f0");
        backup();
        assertThat(assertAllIsRestoredOrNamed()).isEmpty();
        for (Path pack : first) {
            byte[] good = Files.readAllBytes(pack);
            for (int part = 1; part < 8; part++) {
                byte[] bytes = good.clone();
                bytes[64 + (good.length - 64) * part / 8] ^= 1;
                Files.write(pack, bytes);
                assertThat(assertAllIsRestoredOrNamed()).noneMatch(path -> path.matches("[ef][0-9].*"));
            }
            Files.delete(pack);
        }
        Set<String> missing = assertAllIsRestoredOrNamed();
        assertThat(missing).hasSize(600).allMatch(path -> path.matches("d[0-2]/.*"));
        assertListedAndCompared();
    }

    private List<Path> metadataPacks() throws Exception {
        List<Path> out = new ArrayList<>();
        for (Path pack : files("packs")) {
            if (Files.readAllBytes(pack)[6] == 1) {
                out.add(pack);
            }
        }
        return out;
    }

    private void assertListedAndCompared() {
        Job job = Job.start();
        try (DedupStore store = DedupStore.open(directory)) {
            List<String> listed = new ArrayList<>();
            StoredSet set = store.find("latest", job);
            assertThatThrownBy(() -> store.list(set, RawPath.ROOT, true)
                            .doOnNext(row -> listed.add(row.path().toString()))
                            .blockLast(Duration.ofSeconds(60)))
                    .isInstanceOf(FormatException.class)
                    .hasMessageContaining("d0")
                    .satisfies(failure -> assertThat(failure.getSuppressed()).hasSizeGreaterThanOrEqualTo(2));
            assertThat(listed).hasSize(1 + 1 + 7 + 800);
            List<String> differences = new ArrayList<>();
            assertThatThrownBy(() -> store.diff(store.sets(job).get(1), set, RawPath.ROOT)
                            .doOnNext(each -> differences.add(each.path().toString()))
                            .blockLast(Duration.ofSeconds(60)))
                    .isInstanceOf(FormatException.class);
            assertThat(differences).hasSize(1 + 1 + 200).allMatch(path -> path.equals(".") || path.matches("f0(/.*)?"));
        }
    }
}
