package io.stripeline.examples;

import io.stripeline.testkit.HouseRules;

/** Examples are programs that keep the rules of the house. */
class ArchitectureTest extends HouseRules {
    @Override
    protected String[] programs() {
        return new String[] {"io.stripeline.examples.."};
    }
}
