package io.stripeline.backend;

import io.stripeline.ptcomm.BackendUnderTest;
import io.stripeline.ptcomm.RestoreConformance;
import io.stripeline.ptcomm.peer.Dialect;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

class ProcessRestoreConformanceTest extends RestoreConformance {
    @Override
    protected BackendUnderTest backend() {
        return new BackendProcess(work.resolve("backend.log"));
    }

    @Override
    protected BackendUnderTest saver() {
        return new BackendInProcess();
    }

    /** Each is a start of a JVM: the rest is for the backend in this one. */
    @Override
    protected Stream<Arguments> dialects() {
        return Stream.of(Arguments.of(Dialect.stock(), Dialect.extended()));
    }
}
