package io.stripeline.dedup;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import io.stripeline.testkit.HouseRules;
import org.junit.jupiter.api.Test;

/** The store stands on core alone: it knows no filesystem and no program. */
class ArchitectureTest extends HouseRules {
    @Test
    void theStoreKnowsNeitherDriversNorPrograms() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.stripeline.fs..",
                        "io.stripeline.ptcomm..",
                        "io.stripeline.cli..",
                        "io.stripeline.backend..",
                        "io.netty..",
                        "jnr..",
                        "com.kenai..")
                .check(classes());
    }

    @Test
    void itsRoomsHaveNoCycles() {
        slices().matching("io.stripeline.dedup.(*)..").should().beFreeOfCycles().check(classes());
    }
}
