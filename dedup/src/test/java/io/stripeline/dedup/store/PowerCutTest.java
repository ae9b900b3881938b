package io.stripeline.dedup.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.dedup.blob.PowerCutFiles;
import io.stripeline.posix.PosixException;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever was acknowledged survives power cuts at any operation and full disks; check finds no damage afterwards. */
class PowerCutTest {
    private static final int SEEDS = 300;

    private final Map<BlobId, byte[]> acknowledged = new HashMap<>();
    private final List<BlobId> roots = new ArrayList<>();

    private static StoreConfig config() {
        return StoreConfig.create(1).withPackBytes(1 << 16);
    }

    private void backup(PowerCutFiles disk, Random random) {
        try (Repository repository = Repository.init(disk.store(), config())) {
            WriteSession session = repository.begin(List.copyOf(roots));
            try {
                Map<BlobId, byte[]> put = new HashMap<>();
                for (int i = 0; i < 12; i++) {
                    byte[] bytes = new byte[random.nextInt(30_000)];
                    random.nextBytes(bytes);
                    put.put(session.put(i % 4 == 0 ? BlobKind.META : BlobKind.DATA, ByteBuffer.wrap(bytes)), bytes);
                    if (i == 6) {
                        session.checkpoint(new byte[] {7});
                        acknowledged.putAll(put);
                    }
                }
                roots.add(session.commitRoot(RootKind.SNAPSHOT, new byte[] {1}));
                acknowledged.putAll(put);
            } finally {
                session.close();
            }
        }
    }

    private void verify(PowerCutFiles disk, String what) {
        if (roots.isEmpty() && acknowledged.isEmpty()) {
            return; // the store itself may not have been made
        }
        try (Repository repository = Repository.open(disk.store())) {
            List<Finding> findings = new ArrayList<>();
            repository.check(true, findings::add);
            assertThat(findings).as(what).noneMatch(Finding::damage);
            assertThat(repository.roots(failure -> {
                        throw failure;
                    }))
                    .as(what)
                    .extracting(Root::id)
                    .containsAll(roots);
            acknowledged.forEach(
                    (id, bytes) -> assertThat(repository.get(id)).as(what).isEqualTo(bytes));
        }
    }

    @Test
    void acknowledgedSurvivesAPowerCutAnywhere() {
        int cuts = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            acknowledged.clear();
            roots.clear();
            Random random = new Random(seed);
            PowerCutFiles disk = new PowerCutFiles(seed);
            for (int round = 0; round < 3; round++) {
                disk.cutAfter(1 + random.nextInt(260));
                try {
                    backup(disk, random);
                } catch (PowerCutFiles.PowerOff cut) {
                    cuts++;
                }
                disk.restart();
                verify(disk, "seed " + seed + " round " + round);
            }
        }
        assertThat(cuts).isGreaterThan(SEEDS);
    }

    @Test
    void aFullDiskIsAClearErrorAndTheStoreStaysValid() {
        PowerCutFiles disk = new PowerCutFiles(1);
        Random random = new Random(1);
        backup(disk, random);
        for (int room = 0; room < 70_000; room += 3_000) {
            disk.room(room);
            assertThatThrownBy(() -> backup(disk, random))
                    .isInstanceOf(PosixException.class)
                    .hasMessageContaining("ENOSPC");
            disk.room(Long.MAX_VALUE);
            verify(disk, "room " + room);
            assertThat(disk.temporaries()).isZero();
        }
    }
}
