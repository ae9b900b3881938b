package io.stripeline.ptcomm.cursor;

import io.stripeline.flow.Base;
import io.stripeline.inode.FileType;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.RawPath;
import org.jspecify.annotations.Nullable;

/** Notes the directories that pass by for the next job, and leaves the answer to another base. */
public final class SeenBase implements Base {
    private final Base answers;
    private final RawPath root;
    private final CursorWriter cursor;

    /**
     * @param answers closed with this
     * @param root absolute path of the tree
     */
    public SeenBase(Base answers, RawPath root, CursorWriter cursor) {
        this.answers = answers;
        this.root = root;
        this.cursor = cursor;
    }

    @Override
    public @Nullable Known unchanged(InodeBatch batch, int row) {
        if (FileType.of(batch.mode(row)) == FileType.DIRECTORY) {
            cursor.directory(
                    batch.idHigh(row),
                    batch.idLow(row),
                    root.child(batch.path(row).toBytes()));
        }
        return answers.unchanged(batch, row);
    }

    @Override
    public void close() {
        answers.close();
    }
}
