package io.stripeline.dedup.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.dedup.index.IndexFile;
import io.stripeline.dedup.pack.PackFormat;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a prune publishes and takes away, met by readers and writers of version 1. */
class PruneMarksTest extends OpenRepository {
    private Repository another() {
        return StoreDirectory.below(directory).open();
    }

    private static byte[] content(int seed) {
        byte[] out = new byte[5000];
        new java.util.Random(seed).nextBytes(out);
        return out;
    }

    private BlobId put(WriteSession session, int seed) {
        return session.put(BlobKind.DATA, ByteBuffer.wrap(content(seed)));
    }

    private List<BlobId> roots() {
        return StoreDirectory.roots(repository).stream().map(Root::id).toList();
    }

    private static byte[] bytes(String hex) {
        return java.util.HexFormat.of().parseHex(hex);
    }

    private void tombstone(String session, List<BlobId> standing) {
        repository
                .store()
                .createNew(
                        "tombstones/" + session,
                        Envelope.seal(
                                Envelope.TOMBSTONE,
                                Map.of(
                                        "session",
                                        bytes(session),
                                        "roots",
                                        standing.stream().map(BlobId::toBytes).toList())));
    }

    private void condemn(BlobId pack, BlobId... ids) {
        ByteBuffer all = ByteBuffer.allocate(ids.length * BlobId.BYTES);
        for (BlobId id : ids) {
            all.put(id.toBytes());
        }
        repository
                .store()
                .createNew(
                        "condemned/" + String.format("%032x", pack.hashCode() & 0xFFFF),
                        Envelope.seal(
                                Envelope.CONDEMNED,
                                Map.of("copies", List.of(Map.of("pack", pack.toBytes(), "ids", all.array())))));
    }

    private BlobId packOf(BlobId id) {
        return java.util.Objects.requireNonNull(repository.copies().find(id)).pack();
    }

    private List<String> names(String folder) {
        List<String> out = new ArrayList<>();
        repository.store().list(folder, entry -> out.add(entry.name()));
        return out;
    }

    @Test
    void ofASessionThatWasGivenUpOnlyNamedRootsStand() {
        try (WriteSession session = repository.begin(List.of())) {
            put(session, 1);
            BlobId first = session.commitRoot(RootKind.SNAPSHOT, new byte[] {1});
            BlobId second = session.commitRoot(RootKind.SNAPSHOT, new byte[] {2});
            assertThat(roots()).containsExactlyInAnyOrder(first, second);
            tombstone(session.id(), List.of(first));
            assertThat(roots()).containsExactly(first);
            put(session, 2);
            assertThatThrownBy(() -> session.commitRoot(RootKind.SNAPSHOT, new byte[] {3}))
                    .isInstanceOf(SessionLostException.class);
            assertThat(roots()).containsExactly(first);
        }
    }

    @Test
    void otherSessionsDoNotCareForATombstone() {
        BlobId root;
        try (WriteSession session = repository.begin(List.of())) {
            tombstone("00".repeat(16), List.of());
            root = session.commitRoot(RootKind.SNAPSHOT, new byte[] {1});
        }
        assertThat(roots()).containsExactly(root);
        assertThat(repository.check(true, finding -> {}).damaged()).isZero();
    }

    @Test
    void aCondemnedCopyIsAbsentForWritersAndThereForReaders() {
        BlobId kept;
        BlobId condemned;
        try (WriteSession session = repository.begin(List.of())) {
            kept = put(session, 1);
            condemned = put(session, 2);
            session.commitRoot(RootKind.SNAPSHOT, new byte[] {1});
        }
        condemn(packOf(condemned), condemned);
        try (Repository other = another();
                WriteSession session = other.begin(List.of())) {
            assertThat(session.contains(kept)).isTrue();
            assertThat(session.contains(condemned)).isFalse();
            assertThat(other.get(condemned)).isEqualTo(content(2));
            put(session, 1);
            put(session, 2);
            session.commitRoot(RootKind.SNAPSHOT, new byte[] {2});
            assertThat(session.contains(condemned)).isTrue();
            assertThat(session.writtenBytes()).isBetween(5000L, 9999L);
        }
        assertThat(repository.check(true, finding -> {}).damaged()).isZero();
    }

    @Test
    void aWholePackIsCondemnedByNoIds() {
        BlobId id;
        try (WriteSession session = repository.begin(List.of())) {
            id = put(session, 1);
            session.commitRoot(RootKind.SNAPSHOT, new byte[] {1});
        }
        condemn(packOf(id));
        try (WriteSession session = repository.begin(List.of())) {
            assertThat(session.contains(id)).isFalse();
        }
        assertThat(repository.get(id)).isEqualTo(content(1));
    }

    /** A reader holds the index of before; prune has moved the chunk and removed pack and index file since. */
    @Test
    void aReaderFollowsWhatAPruneMoved() {
        BlobId id;
        try (WriteSession session = repository.begin(List.of())) {
            id = put(session, 1);
            session.commitRoot(RootKind.SNAPSHOT, new byte[] {1});
        }
        BlobId pack = packOf(id);
        List<String> indexes = names("index");
        condemn(pack);
        try (Repository prune = another();
                WriteSession session = prune.begin(List.of())) {
            put(session, 1);
            session.flush();
        }
        indexes.forEach(repository.store()::delete);
        repository.store().delete(PackFormat.nameOf(pack));
        names("condemned").forEach(repository.store()::delete);
        assertThat(repository.get(id)).isEqualTo(content(1));
        assertThat(packOf(id)).isNotEqualTo(pack);
        try (Repository fresh = another()) {
            List<Finding> findings = new ArrayList<>();
            assertThat(fresh.check(true, findings::add).damaged()).isZero();
            assertThat(findings).isEmpty();
            assertThat(fresh.get(id)).isEqualTo(content(1));
        }
        assertThat(names("index")).hasSize(1).doesNotContainAnyElementsOf(indexes);
        assertThat(repository.indexFiles().list().names())
                .flatExtracting(name -> repository.indexFiles().read(name).packs())
                .extracting(IndexFile.Pack::id)
                .containsExactly(packOf(id));
    }
}
