package io.stripeline.backend;

import io.stripeline.ptcomm.BackendUnderTest;
import io.stripeline.ptcomm.BackupConformance;

class InProcessBackupConformanceTest extends BackupConformance {
    @Override
    protected BackendUnderTest backend() {
        return new BackendInProcess();
    }
}
