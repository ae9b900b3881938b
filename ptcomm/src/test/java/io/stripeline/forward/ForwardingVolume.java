package io.stripeline.forward;

import io.stripeline.Capabilities;
import io.stripeline.FileSystemId;
import io.stripeline.Volume;
import io.stripeline.flow.Job;
import io.stripeline.inode.InodeBatch;
import io.stripeline.read.ContentSource;
import io.stripeline.scan.ScanSpec;
import io.stripeline.write.TreeWriter;
import java.nio.file.Path;
import reactor.core.publisher.Flux;

/** Another volume but for what a subclass says; owns it. */
public abstract class ForwardingVolume implements Volume {
    private final Volume inner;

    protected ForwardingVolume(Volume inner) {
        this.inner = inner;
    }

    @Override
    public final Path root() {
        return inner.root();
    }

    @Override
    public final FileSystemId fileSystemId() {
        return inner.fileSystemId();
    }

    @Override
    public final FileSystemId fileSystemId(long device) {
        return inner.fileSystemId(device);
    }

    @Override
    public Capabilities capabilities() {
        return inner.capabilities();
    }

    @Override
    public final Flux<InodeBatch> scan(ScanSpec spec, Job job) {
        return inner.scan(spec, job);
    }

    @Override
    public ContentSource content() {
        return inner.content();
    }

    @Override
    public TreeWriter writer() {
        return inner.writer();
    }

    @Override
    public final void close() {
        inner.close();
    }
}
