package io.stripeline.bench;

import io.stripeline.testkit.HouseRules;

/** Benchmarks are programs that keep the rules of the house. */
class ArchitectureTest extends HouseRules {
    @Override
    protected String[] programs() {
        return new String[] {"io.stripeline.bench.."};
    }
}
