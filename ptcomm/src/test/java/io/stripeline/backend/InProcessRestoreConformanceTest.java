package io.stripeline.backend;

import io.stripeline.ptcomm.BackendUnderTest;
import io.stripeline.ptcomm.RestoreConformance;

class InProcessRestoreConformanceTest extends RestoreConformance {
    @Override
    protected BackendUnderTest backend() {
        return new BackendInProcess();
    }
}
