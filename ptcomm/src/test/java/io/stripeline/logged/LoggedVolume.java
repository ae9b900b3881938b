package io.stripeline.logged;

import io.stripeline.Capabilities;
import io.stripeline.FileSystemId;
import io.stripeline.Volume;
import io.stripeline.change.ChangeSource;
import io.stripeline.flow.Job;
import io.stripeline.inode.InodeBatch;
import io.stripeline.read.ContentSource;
import io.stripeline.scan.ScanSpec;
import io.stripeline.write.TreeWriter;
import java.nio.file.Path;
import java.util.Optional;
import reactor.core.publisher.Flux;

/** A directory that tells its changes; all else is the inner volume's. */
final class LoggedVolume implements Volume {
    private final Volume inner;

    LoggedVolume(Volume inner) {
        this.inner = inner;
    }

    @Override
    public String kind() {
        return "logged";
    }

    @Override
    public Path root() {
        return inner.root();
    }

    @Override
    public FileSystemId fileSystemId() {
        return inner.fileSystemId();
    }

    @Override
    public FileSystemId fileSystemId(long device) {
        return inner.fileSystemId(device);
    }

    @Override
    public Capabilities capabilities() {
        Capabilities of = inner.capabilities();
        return new Capabilities(
                true,
                of.layouts(),
                of.setLayout(),
                of.hardLinks(),
                of.xattrs(),
                of.allXattrs(),
                of.holes(),
                of.generation(),
                of.timeGranularity(),
                of.metadataLanes());
    }

    @Override
    public Flux<InodeBatch> scan(ScanSpec spec, Job job) {
        return inner.scan(spec, job);
    }

    @Override
    public Optional<ChangeSource> changes() {
        return Optional.of(new LoggedChanges(inner.root()));
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
    public void close() {
        inner.close();
    }
}
