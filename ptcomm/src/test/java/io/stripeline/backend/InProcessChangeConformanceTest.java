package io.stripeline.backend;

import io.stripeline.ptcomm.BackendUnderTest;
import io.stripeline.ptcomm.ChangeConformance;

class InProcessChangeConformanceTest extends ChangeConformance {
    @Override
    protected BackendUnderTest backend() {
        return new BackendInProcess();
    }
}
