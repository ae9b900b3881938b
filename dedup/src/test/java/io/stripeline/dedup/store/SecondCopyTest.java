package io.stripeline.dedup.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import io.stripeline.snapshot.FormatException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same chunks in two packs, as writers that run at once leave them; one copy is damaged. */
class SecondCopyTest {
    @TempDir
    Path directory;

    private final Map<BlobId, byte[]> shared = new LinkedHashMap<>();
    private final List<String> notices = new ArrayList<>();
    private Path pack;
    private Path index;

    private enum Damage {
        CHECKSUM,
        HEADER,
        TRUNCATED,
        MISSING;

        void to(Path file) throws Exception {
            byte[] bytes = Files.readAllBytes(file);
            switch (this) {
                case CHECKSUM -> bytes[200] ^= 4;
                case HEADER -> bytes[70] ^= 4;
                case TRUNCATED -> bytes = java.util.Arrays.copyOf(bytes, 100);
                case MISSING -> {
                    Files.delete(file);
                    return;
                }
            }
            Files.write(file, bytes);
        }
    }

    private Repository open() {
        Repository repository = StoreDirectory.below(directory).open();
        repository.notices().listener((cause, message) -> notices.add(message));
        return repository;
    }

    private List<Path> files(String folder) throws Exception {
        try (var walk = Files.walk(directory.resolve("store").resolve(folder))) {
            return walk.filter(Files::isRegularFile).toList();
        }
    }

    @BeforeEach
    void twoWritersAtOnce() throws Exception {
        Random random = new Random(5);
        for (int i = 0; i < 30; i++) {
            byte[] bytes = new byte[2000 + random.nextInt(20_000)];
            random.nextBytes(bytes);
            shared.put(BlobId.of(Envelope.sha256(bytes, 0, bytes.length), 0), bytes);
        }
        StoreConfig small = StoreConfig.create(1);
        StoreConfig config = // frames of one chunk each
                new StoreConfig(small.store(), small.chunks(), small.gearSeed(), 1, 1 << 20, 4096, 4096);
        try (Repository one = StoreDirectory.below(directory).init(config);
                Repository two = open();
                WriteSession a = one.begin(List.of());
                WriteSession b = two.begin(List.of())) {
            shared.values().forEach(bytes -> a.put(BlobKind.DATA, ByteBuffer.wrap(bytes)));
            a.commitRoot(RootKind.SNAPSHOT, new byte[] {1});
            pack = files("packs").get(0);
            index = files("index").get(0);
            shared.values().forEach(bytes -> b.put(BlobKind.DATA, ByteBuffer.wrap(bytes)));
            b.commitRoot(RootKind.SNAPSHOT, new byte[] {2});
        }
        assertThat(files("packs")).hasSize(2);
    }

    private void assertAllReadable() {
        try (Repository repository = open()) {
            shared.forEach((id, bytes) -> assertThat(repository.get(id)).isEqualTo(bytes));
        }
    }

    private List<Finding> check() {
        List<Finding> findings = new ArrayList<>();
        try (Repository repository = open()) {
            repository.check(true, findings::add);
        }
        return findings;
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void theOtherCopyIsReadWhicheverIsDamaged(Damage damage) throws Exception {
        int told = 0;
        for (Path each : files("packs")) {
            byte[] good = Files.readAllBytes(each);
            damage.to(each);
            notices.clear();
            assertAllReadable();
            // which of the two the index knows is chance
            assertThat(notices).hasSizeLessThanOrEqualTo(1);
            told += notices.size();
            notices.forEach(
                    message -> assertThat(message).contains(each.getFileName().toString(), "check --read-data"));
            List<Finding> findings = check();
            assertThat(findings)
                    .anyMatch(finding -> finding.damage()
                            && finding.object().contains(each.getFileName().toString()));
            Files.write(each, good);
            for (Path list : files("condemned")) {
                Files.delete(list);
            }
        }
        assertThat(told).as("one of the two is the one that is read").isPositive();
    }

    /** Of a prune that is at work, of damage elsewhere in it, or perhaps: nobody can read the list. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCondemnedCopyIsReadWhereTheOtherOneIsMissing(boolean readable) throws Exception {
        List<Path> packs = files("packs");
        for (int i = 0; i < 2; i++) {
            Path missing = packs.get(i);
            byte[] good = Files.readAllBytes(missing);
            try (Repository repository = open()) {
                if (readable) {
                    BlobId condemned = Objects.requireNonNull(
                            Names.idOf(packs.get(1 - i).getFileName().toString()));
                    Condemned.write(repository.store(), List.of(condemned));
                } else {
                    repository.store().createNew("condemned/0123456789abcdef0123456789abcdef", new byte[] {1});
                }
                WriteSession session = repository.begin(List.of());
                Files.delete(missing);
                shared.forEach((id, bytes) -> {
                    assertThat(repository.get(id)).isEqualTo(bytes);
                    assertThat(repository.isSound(id)).as("for what is new").isFalse();
                });
                session.close();
            }
            Files.write(missing, good);
            for (Path list : files("condemned")) {
                Files.delete(list);
            }
        }
    }

    @Test
    void aChunkInAFrameThatCannotBeReadIsNamed() throws Exception {
        Damage.CHECKSUM.to(pack);
        List<String> messages = check().stream().map(Finding::message).toList();
        assertThat(messages.stream()
                        .filter(message -> shared.keySet().stream().anyMatch(id -> message.contains(id.toString()))))
                .isNotEmpty();
    }

    @Test
    void bothCopiesDamagedAtDifferentPlacesIsNoLoss() throws Exception {
        List<Path> packs = files("packs");
        byte[] first = Files.readAllBytes(packs.get(0));
        byte[] second = Files.readAllBytes(packs.get(1));
        first[200] ^= 1;
        second[second.length / 2] ^= 1;
        Files.write(packs.get(0), first);
        Files.write(packs.get(1), second);
        assertAllReadable();
    }

    @Test
    void aChunkWithoutAnyGoodCopyIsLostAndNamesItsPack() throws Exception {
        for (Path each : files("packs")) {
            Files.delete(each);
        }
        BlobId id = shared.keySet().iterator().next();
        try (Repository repository = open()) {
            assertThatThrownBy(() -> repository.get(id))
                    .isInstanceOf(FormatException.class)
                    .hasMessageContaining("the pack is missing");
        }
    }

    @Test
    void afterACheckNothingNewRefersToWhatIsDamaged() throws Exception {
        for (Path each : files("packs")) {
            Damage.CHECKSUM.to(each);
        }
        assertThat(check()).anyMatch(Finding::damage);
        check(); // what is recorded is not recorded twice
        assertThat(files("condemned")).hasSize(1);
        try (Repository repository = open();
                WriteSession session = repository.begin(List.of())) {
            assertThat(repository.isDamageKnown()).isTrue();
            BlobId id = shared.keySet().iterator().next();
            assertThat(repository.isSound(id)).isFalse();
            shared.values().forEach(bytes -> session.put(BlobKind.DATA, ByteBuffer.wrap(bytes)));
            session.commitRoot(RootKind.SNAPSHOT, new byte[] {3});
            assertThat(session.writtenBytes()).isPositive();
            assertThat(repository.isSound(id)).isTrue();
        }
        assertAllReadable();
        try (Repository repository = open();
                WriteSession session = repository.begin(List.of())) {
            shared.values().forEach(bytes -> session.put(BlobKind.DATA, ByteBuffer.wrap(bytes)));
            session.commitRoot(RootKind.SNAPSHOT, new byte[] {4});
            assertThat(session.writtenBytes()).isZero();
        }
    }

    @Test
    void aMissingIndexIsReadFromThePacksAndTold() throws Exception {
        for (Path each : files("index")) {
            Files.delete(each);
        }
        assertAllReadable();
        assertThat(notices).singleElement().asString().contains("2 packs", "no index file names", "--force");
        try (Repository repository = open();
                WriteSession session = repository.begin(List.of())) {
            BlobId id = shared.keySet().iterator().next();
            assertThat(repository.get(id)).isEqualTo(shared.get(id));
            assertThat(repository.isSound(id)).isFalse(); // a prune would take its pack for a leftover
            session.put(BlobKind.DATA, ByteBuffer.wrap(shared.get(id)));
            session.commitRoot(RootKind.SNAPSHOT, new byte[] {3});
            assertThat(session.writtenBytes()).isPositive();
            assertThat(repository.isSound(id)).isTrue();
        }
    }

    @Test
    void aDamagedIndexIsTold() throws Exception {
        byte[] bytes = Files.readAllBytes(index);
        bytes[60] ^= 1;
        Files.write(index, bytes);
        assertAllReadable();
        assertThat(notices)
                .anySatisfy(message ->
                        assertThat(message).contains(index.getFileName().toString(), "checksum", "read in its place"))
                .anySatisfy(message -> assertThat(message).contains("1 packs"));
    }
}
