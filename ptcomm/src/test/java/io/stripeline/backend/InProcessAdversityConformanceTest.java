package io.stripeline.backend;

import io.stripeline.ptcomm.AdversityConformance;
import io.stripeline.ptcomm.BackendUnderTest;

class InProcessAdversityConformanceTest extends AdversityConformance {
    @Override
    protected BackendUnderTest backend() {
        return new BackendInProcess();
    }
}
