package io.stripeline.snapshot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** States and contents of the rows of one part; pieces are read and decoded on first use. Thread-safe. */
final class ContentRows {
    /** One decoded {@code C}. */
    private record Decoded(byte[] blob, int statesAt, int[] ends, int contentsAt) {}

    private static final class Piece {
        final int firstRow;
        final int rows;
        final @Nullable BlobId id;
        volatile @Nullable Decoded decoded;

        Piece(int firstRow, int rows, @Nullable BlobId id) {
            this.firstRow = firstRow;
            this.rows = rows;
            this.id = id;
        }
    }

    private static final RowState UNKNOWN = RowState.of(RowState.Kept.OK, false);

    private final List<Piece> pieces = new ArrayList<>();
    private final BlobSource blobs;

    private ContentRows(BlobSource blobs) {
        this.blobs = blobs;
    }

    /** Reads what a part says of its content. */
    static ContentRows decode(Decoder in, boolean inline, int rows, BlobSource blobs) {
        ContentRows out = new ContentRows(blobs);
        if (inline) {
            Piece piece = new Piece(0, rows, null);
            piece.decoded = decode(new Decoder(in.sized()), rows);
            out.pieces.add(piece);
            in.end();
            return out;
        }
        int count = in.count(in.remaining());
        int at = 0;
        for (int i = 0; i < count; i++) {
            int size = in.count(rows - at);
            out.pieces.add(new Piece(at, size, in.id()));
            at += size;
        }
        if (count > 0 && at != rows) {
            throw in.broken("content of " + at + " of " + rows + " rows");
        }
        in.end();
        return out;
    }

    private static Decoded decode(Decoder in, int rows) {
        in.header('C');
        if (in.count(in.remaining()) != rows) {
            throw in.broken("content of another number of rows than " + rows);
        }
        int states = in.position();
        in.skip(rows);
        int[] ends = new int[rows];
        int sum = 0;
        for (int i = 0; i < rows; i++) {
            sum += in.count(in.remaining());
            ends[i] = sum;
            if (sum < 0) {
                throw in.broken("contents too long");
            }
        }
        int contents = in.position();
        in.skip(sum);
        in.end();
        return new Decoded(in.array(), states, ends, contents);
    }

    /** Bytes of heap, about, of what was decoded so far. */
    long weightBytes() {
        long sum = 0;
        for (Piece piece : pieces) {
            Decoded known = piece.decoded;
            sum += 64 + (known == null ? 0 : known.blob.length + 4L * piece.rows);
        }
        return sum;
    }

    boolean isPresent() {
        return !pieces.isEmpty();
    }

    List<BlobId> ids() {
        return pieces.stream()
                .map(piece -> piece.id)
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    private Piece piece(int row) {
        int low = 0;
        int high = pieces.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (pieces.get(middle).firstRow <= row) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return pieces.get(low);
    }

    private Decoded decoded(Piece piece) {
        Decoded known = piece.decoded;
        BlobId id = piece.id;
        if (known == null && id != null) {
            known = decode(new Decoder(blobs.get(id)), piece.rows);
            piece.decoded = known;
        }
        return java.util.Objects.requireNonNull(known);
    }

    RowState state(int row) {
        if (pieces.isEmpty()) {
            return UNKNOWN;
        }
        Piece piece = piece(row);
        Decoded in = decoded(piece);
        return RowState.ofCode(in.blob[in.statesAt + row - piece.firstRow]);
    }

    Content content(int row) {
        if (pieces.isEmpty()) {
            return Content.NONE;
        }
        Piece piece = piece(row);
        Decoded in = decoded(piece);
        int at = row - piece.firstRow;
        int from = in.contentsAt + (at == 0 ? 0 : in.ends[at - 1]);
        return Content.ofCode(Arrays.copyOfRange(in.blob, from, in.contentsAt + in.ends[at]));
    }
}
