package io.stripeline.backend;

import io.stripeline.ptcomm.BackendUnderTest;
import io.stripeline.ptcomm.SessionConformance;

class InProcessSessionConformanceTest extends SessionConformance {
    @Override
    protected BackendUnderTest backend() {
        return new BackendInProcess();
    }
}
