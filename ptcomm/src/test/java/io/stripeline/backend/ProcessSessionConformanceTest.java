package io.stripeline.backend;

import io.stripeline.ptcomm.BackendUnderTest;
import io.stripeline.ptcomm.SessionConformance;

class ProcessSessionConformanceTest extends SessionConformance {
    @Override
    protected BackendUnderTest backend() {
        return new BackendProcess(work.resolve("backend.log"));
    }
}
