package io.stripeline.dedup;

import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobSource;
import io.stripeline.snapshot.Content;
import io.stripeline.snapshot.FormatException;
import io.stripeline.snapshot.Pieces;
import io.stripeline.snapshot.Row;
import io.stripeline.snapshot.Rows;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps a backup from taking over content or attributes of which every copy is known to be damaged or in no index file: such
 * a file is read again. While all is well that costs one look into the index for each file, and for each {@value #EACH}th
 * where it is on disk: a look costs more there than all else that an unchanged file does. One thread.
 */
final class KnownDamage {
    private static final int EACH = 32;

    private final Engine engine;
    private boolean indexLost;
    private long passed;

    KnownDamage(Engine engine) {
        this.engine = engine;
    }

    boolean touches(ParentRow known) {
        if (!engine.isDamageKnown() && !isIndexLost(known.content())) {
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
            return true; // the file is read again; check, or the store's notice, has told what is damaged
        }
    }

    /** What a parent refers to is in index files: where its first blob is in none, one is gone, with others of its blobs. */
    private boolean isIndexLost(Content content) {
        if (!indexLost && (++passed % EACH == 0 || !engine.looksOnDisk())) {
            BlobId first = content.firstBlob();
            indexLost = first != null && !engine.isSound(first);
            if (first != null && indexLost) {
                engine.presence(first); // finds the packs that no index file names, and tells of them
            }
        }
        return indexLost;
    }

    private void attributes(Rows rows, int index) {
        List<BlobId> blobs = new ArrayList<>();
        rows.attributeBlobs(index, blobs);
        blobs.forEach(this::demand);
    }

    private void demand(BlobId id) {
        if (!engine.isSound(id)) {
            throw new FormatException("Every copy of blob " + id + " is damaged or in no index file");
        }
    }
}
