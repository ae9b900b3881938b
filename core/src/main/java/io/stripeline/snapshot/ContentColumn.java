package io.stripeline.snapshot;

import java.util.ArrayList;
import java.util.List;

/** Collects states and contents of the rows of one part as {@code C} pieces (section 3 of the format). Reused. */
final class ContentColumn {
    /** A finished piece: its rows and the blob. */
    private record Finished(int rows, BlobId id) {}

    private final BlobSink blobs;
    private final Cut cut = new Cut();
    private final Encoder states = new Encoder(1024);
    private final Encoder lengths = new Encoder(1024);
    private final Encoder contents = new Encoder(4096);
    private final List<Finished> finished = new ArrayList<>();
    boolean hasLinks;
    boolean hasTroubles;

    ContentColumn(BlobSink blobs) {
        this.blobs = blobs;
    }

    void add(RowRun row, int stateAt) {
        Decoder in = new Decoder(row.bytes, stateAt, row.end);
        int state = in.u8();
        int length = in.length();
        int weight = 8 + length;
        if (cut.before(weight)) {
            close();
        }
        states.put(state);
        lengths.varint(length);
        contents.put(row.bytes, in.position(), length);
        hasLinks |= length > 0 && row.bytes[in.position()] == Content.Kind.LINK.ordinal();
        hasTroubles |= (state & 3) != 0;
        if (cut.after(row.bytes, row.nameStart, row.nameLength, weight)) {
            close();
        }
    }

    private Encoder piece() {
        Encoder out = new Encoder(states.size() + lengths.size() + contents.size() + 16)
                .header('C')
                .varint(states.size())
                .put(states)
                .put(lengths)
                .put(contents);
        states.clear();
        lengths.clear();
        contents.clear();
        cut.reset();
        return out;
    }

    private void close() {
        int rows = states.size();
        finished.add(new Finished(rows, blobs.put(BlobKind.META, piece().toBuffer())));
    }

    /** Appends what a part says of its content; true where it stands inline. */
    boolean finish(Encoder out, int inlineBytes) {
        hasLinks = false;
        hasTroubles = false;
        if (finished.isEmpty() && states.size() + lengths.size() + contents.size() + 16 <= inlineBytes) {
            out.sized(piece());
            return true;
        }
        if (!states.isEmpty()) {
            close();
        }
        out.varint(finished.size());
        finished.forEach(piece -> out.varint(piece.rows).put(piece.id));
        finished.clear();
        return false;
    }
}
