package io.stripeline.backend;

import io.stripeline.ptcomm.BackendUnderTest;
import io.stripeline.ptcomm.BackupConformance;
import io.stripeline.ptcomm.peer.Dialect;
import java.util.stream.Stream;

class ProcessBackupConformanceTest extends BackupConformance {
    @Override
    protected BackendUnderTest backend() {
        return new BackendProcess(work.resolve("backend.log"));
    }

    /** Each is a start of a JVM: the rest is for the backend in this one. */
    @Override
    protected Stream<Dialect> dialects() {
        return Stream.of(Dialect.stock(), Dialect.extended());
    }
}
