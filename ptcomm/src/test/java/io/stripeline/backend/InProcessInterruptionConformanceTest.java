package io.stripeline.backend;

import io.stripeline.ptcomm.BackendUnderTest;
import io.stripeline.ptcomm.InterruptionConformance;

class InProcessInterruptionConformanceTest extends InterruptionConformance {
    @Override
    protected BackendUnderTest backend() {
        return new BackendInProcess();
    }
}
