package io.stripeline.dedup.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.dedup.cdc.ChunkSizes;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A store of version 1 as it was committed; every later version must read it. Written once by {@link #write}. */
class GoldenStoreTest {
    private static List<byte[]> content() {
        List<byte[]> out = new ArrayList<>();
        Random random = new Random(20261125);
        for (int i = 0; i < 12; i++) {
            byte[] bytes = new byte[i * 211];
            if (i % 3 == 0) {
                random.nextBytes(bytes);
            }
            out.add(bytes);
        }
        return out;
    }

    static void write(Path directory) {
        StoreConfig config =
                new StoreConfig(new byte[16], ChunkSizes.DEFAULT, new byte[32], 3, 1 << 16, 1 << 13, 1 << 12);
        try (Repository repository = new StoreDirectory(directory).init(config);
                WriteSession session = repository.begin(List.of())) {
            List<byte[]> content = content();
            for (int i = 0; i < content.size(); i++) {
                session.put(i % 4 == 0 ? BlobKind.META : BlobKind.DATA, ByteBuffer.wrap(content.get(i)));
            }
            session.commitRoot(RootKind.SNAPSHOT, new byte[] {4, 2});
        }
    }

    @Test
    void theStoreOfVersionOneIsRead() throws Exception {
        Path golden =
                Path.of(getClass().getResource("/store-v1/config").toURI()).getParent();
        try (Repository repository = new StoreDirectory(golden).open()) {
            repository.refresh();
            for (byte[] bytes : content()) {
                BlobId id = BlobId.of(Envelope.sha256(bytes, 0, bytes.length), 0);
                assertThat(repository.get(id)).isEqualTo(bytes);
            }
            List<Finding> findings = new ArrayList<>();
            assertThat(repository.check(true, findings::add).chunks()).isEqualTo(12);
            assertThat(findings).isEmpty();
            assertThat(repository.roots(f -> findings.add(new Finding(true, "roots", f.getMessage()))))
                    .singleElement()
                    .satisfies(root -> assertThat(root.body()).containsExactly(4, 2));
        }
    }
}
