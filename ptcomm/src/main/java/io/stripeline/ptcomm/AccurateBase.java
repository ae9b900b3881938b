package io.stripeline.ptcomm;

import io.stripeline.flow.Base;
import io.stripeline.inode.FileType;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.RawPath;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What the catalog knows, in accurate jobs: every row but directories is asked about, a batch at a time. Asking marks
 * the name as still there, so what is not asked about nor sent is recorded as deleted.
 *
 * <p>A row that the catalog calls unchanged is still read where {@code settled} does not know it unchanged as well: the
 * catalog compares whole seconds, and a write within the second of the last backup must not hide.
 */
public final class AccurateBase implements Base {
    private final BackendSession session;
    private final WireNames names;
    private final Base settled;
    private final Text text = new Text();
    private @Nullable InodeBatch asked;
    private final BitSet seen = new BitSet(InodeBatch.CAPACITY);

    /**
     * @param root absolute path of the tree that is scanned
     * @param settled what is certainly older than the last backup; closed with this base
     */
    public AccurateBase(BackendSession session, RawPath root, Base settled) {
        this.session = session;
        this.names = new WireNames(root, session.extensions());
        this.settled = settled;
    }

    @Override
    public @Nullable Known unchanged(InodeBatch batch, int row) {
        if (batch != asked) {
            ask(batch);
            asked = batch;
        }
        Known known = settled.unchanged(batch, row);
        return seen.get(row) ? known : null;
    }

    private void ask(InodeBatch batch) {
        BitSet rows = new BitSet(batch.size());
        for (int row = 0; row < batch.size(); row++) {
            rows.set(row, FileType.of(batch.mode(row)) != FileType.DIRECTORY);
        }
        try {
            List<CompletableFuture<Packet>> answers = session.ask(
                    out -> {
                        for (int row = rows.nextSetBit(0); row >= 0; row = rows.nextSetBit(row + 1)) {
                            out.command(text.start("CHECK:").add(names.name(batch.dir(row), batch.name(row), false)));
                            RowLines.write(out, text, batch, row);
                        }
                    },
                    rows.cardinality());
            seen.clear();
            int next = 0;
            for (int row = rows.nextSetBit(0); row >= 0; row = rows.nextSetBit(row + 1)) {
                seen.set(row, RowLines.isFirst(Questions.join(answers.get(next++)), "SEEN", "OK"));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the plugin was asked", stopped);
        }
    }

    @Override
    public void close() {
        settled.close();
    }
}
