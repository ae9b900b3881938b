package io.stripeline.dedup;

import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobSource;
import io.stripeline.snapshot.FormatException;
import io.stripeline.snapshot.Pieces;
import io.stripeline.snapshot.Row;
import io.stripeline.snapshot.Rows;
import java.util.ArrayList;
import java.util.List;

/** Keeps a backup from taking over content or attributes of which every copy is known to be damaged: such a file is read again. */
final class KnownDamage {
    private final Engine engine;

    KnownDamage(Engine engine) {
        this.engine = engine;
    }

    boolean touches(ParentRow known) {
        if (!engine.isDamageKnown()) {
            return false;
        }
        BlobSource lists = id -> {
            demand(id);
            return engine.get(id);
        };
        try {
            Pieces pieces = known.content().pieces(lists);
            while (pieces.hasNext()) {
                BlobId blob = pieces.next().blob();
                if (blob != null) {
                    demand(blob);
                }
            }
            attributes(known.rows(), known.index());
            Row holder = known.holder();
            if (holder != null) {
                attributes(holder.rows(), holder.index());
            }
            return false;
        } catch (FormatException damaged) {
            return true; // the file is read again, and check has told what is damaged
        }
    }

    private void attributes(Rows rows, int index) {
        List<BlobId> blobs = new ArrayList<>();
        rows.attributeBlobs(index, blobs);
        blobs.forEach(this::demand);
    }

    private void demand(BlobId id) {
        if (!engine.isSound(id)) {
            throw new FormatException("Every copy of blob " + id + " is damaged");
        }
    }
}
