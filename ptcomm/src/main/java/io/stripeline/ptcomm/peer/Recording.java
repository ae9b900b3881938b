package io.stripeline.ptcomm.peer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A receiver that keeps a backup like a volume. */
public final class Recording implements Receiver {
    private final boolean stock;
    private final Spool spool;
    private final List<RecordedFile> files = new ArrayList<>();
    private final List<RestoreObject> objects = new ArrayList<>();
    private final List<PluginObject> pluginObjects = new ArrayList<>();
    private final List<byte[]> gone = new ArrayList<>();
    private final List<byte[]> kept = new ArrayList<>();
    private @Nullable FileHead head;
    private long mark;
    private long records;
    private long dataBytes;

    private Recording(boolean stock, Spool spool) {
        this.stock = stock;
        this.spool = spool;
    }

    /** Keeps data in memory. */
    public static Recording inMemory(Dialect dialect) {
        return new Recording(!dialect.ours(), Spool.inMemory());
    }

    /** Keeps data in a new file, which is deleted when the job is closed. */
    public static Recording at(Path spool, Dialect dialect) throws IOException {
        return new Recording(!dialect.ours(), Spool.at(spool));
    }

    @Override
    public void begin(FileHead newHead) {
        closeHead(null, null); // an estimate knows no end of a file
        head = newHead;
        mark = spool.mark();
        records = 0;
        dataBytes = 0;
    }

    @Override
    public void data(long offset, ByteBuffer data) throws IOException {
        dataBytes += data.remaining();
        records += spool.add(offset, data);
    }

    @Override
    public void end(byte @Nullable [] acl, byte @Nullable [] xattr) {
        closeHead(acl, xattr);
    }

    private void closeHead(byte @Nullable [] acl, byte @Nullable [] xattr) {
        if (head != null) {
            files.add(new RecordedFile(head, spool, mark, records, dataBytes, acl, xattr));
            head = null;
        }
    }

    @Override
    public void object(RestoreObject object) {
        objects.add(object);
    }

    @Override
    public void pluginObject(PluginObject object) {
        pluginObjects.add(object);
    }

    @Override
    public void gone(byte[] name) {
        gone.add(name);
    }

    @Override
    public void keep(byte[] prefix) {
        kept.add(prefix);
    }

    /** Also marks what an accurate job has found deleted, see {@link AccurateList#deleted}. */
    public Recording deleted(List<byte[]> names) {
        gone.addAll(names);
        return this;
    }

    /** What was kept so far; nothing may be recorded any more. */
    public RecordedJob job() {
        closeHead(null, null);
        return new RecordedJob(stock, files, objects, pluginObjects, gone, kept, spool);
    }
}
