package io.stripeline.dedup.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.snapshot.BlobId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Of a session that lives no checkpoint is removed; of one that is known to be gone it is. */
@Timeout(60)
class LiveSessionTest extends OpenRepository {
    private static final String SESSION = "0123456789abcdef0123456789abcdef";

    private void commitInPlaceOf(BlobId partial) {
        try (WriteSession session = repository.begin(List.of(), List.of(partial))) {
            session.commitRoot(RootKind.SNAPSHOT, new byte[] {2});
        }
    }

    private boolean stands(BlobId root) {
        return StoreDirectory.roots(repository).stream()
                .anyMatch(one -> one.id().equals(root));
    }

    @Test
    void theCheckpointOfAnotherSessionStaysUntilThatEnds() {
        BlobId partial;
        try (WriteSession other = repository.begin(List.of())) {
            partial = other.checkpoint(new byte[] {1});
            commitInPlaceOf(partial);
            assertThat(stands(partial)).isTrue();
        }
        commitInPlaceOf(partial);
        assertThat(stands(partial)).isFalse();
    }

    @Test
    void aParentAloneIsNotRemoved() {
        BlobId partial;
        try (WriteSession other = repository.begin(List.of())) {
            partial = other.checkpoint(new byte[] {1});
        }
        try (WriteSession session = repository.begin(List.of(partial))) {
            session.commitRoot(RootKind.SNAPSHOT, new byte[] {2});
        }
        assertThat(stands(partial)).isTrue();
    }

    /** Its object would seem to be of a writer at work, and its checkpoints stay, for as long as no prune comes. */
    @Test
    void aRenewalThatIsUnderWayAsTheSessionEndsLeavesNoObject() throws Exception {
        CountDownLatch renewing = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        BlobStore blobs = StoreDirectory.below(directory).make();
        try (Repository other = Repository.open(HookedBlobs.of(blobs, (operation, name) -> {
            if (operation.equals("replace") && name.startsWith("sessions/")) {
                renewing.countDown();
                go.await();
            }
        }))) {
            WriteSession session = other.begin(List.of());
            Thread renewal = new Thread(session::renew);
            renewal.start();
            renewing.await();
            Thread end = new Thread(session::close);
            end.start();
            await().until(() -> end.getState() == Thread.State.BLOCKED || end.getState() == Thread.State.TERMINATED);
            go.countDown();
            renewal.join();
            end.join();
            session.renew(); // the timer's, late
        }
        List<String> left = new ArrayList<>();
        repository.store().list("sessions", entry -> left.add(entry.name()));
        assertThat(left).isEmpty();
    }

    private void session(Map<String, Object> fields) {
        repository.store().replace("sessions/" + SESSION, Envelope.seal(Envelope.SESSION, fields));
    }

    private boolean lives() {
        return SessionRecord.lives(repository.store(), SESSION);
    }

    @Test
    void aSessionIsGoneWithItsObjectOrItsProcess() throws Exception {
        assertThat(lives()).isFalse();
        session(Map.of());
        assertThat(lives()).as("of a version that names no process").isTrue();
        String mine = WriterProcess.own();
        session(Map.of("process", mine));
        assertThat(lives()).isTrue();
        String[] words = mine.split(" ");
        session(Map.of("process", "another-boot " + words[1] + " 1 1"));
        assertThat(lives()).as("another machine, perhaps").isTrue();
        session(Map.of("process", words[0] + " " + words[1] + " " + words[2] + " 1"));
        assertThat(lives()).as("the number is another process's now").isFalse();
        Process child = new ProcessBuilder("sleep", "600").start();
        String named = WriterProcess.of(child.pid());
        session(Map.of("process", named));
        assertThat(lives()).isTrue();
        child.destroyForcibly().waitFor();
        assertThat(lives()).isFalse();
        repository.store().replace("sessions/" + SESSION, new byte[] {1});
        assertThat(lives()).as("damaged").isTrue();
        repository.store().createNew("tombstones/" + SESSION, new byte[] {1});
        assertThat(lives()).as("given up by prune").isFalse();
        repository.store().delete("tombstones/" + SESSION);
    }
}
