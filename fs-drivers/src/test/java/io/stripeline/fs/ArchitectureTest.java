package io.stripeline.fs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import io.stripeline.testkit.HouseRules;
import org.junit.jupiter.api.Test;

/** Drivers stand on core alone, and none on another but on the POSIX one. */
class ArchitectureTest extends HouseRules {
    @Test
    void driversKnowNeitherStoresNorPrograms() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.stripeline.dedup..",
                        "io.stripeline.ptcomm..",
                        "io.stripeline.cli..",
                        "io.stripeline.backend..",
                        "org.rocksdb..",
                        "jnr..",
                        "com.kenai..")
                .check(classes());
    }

    @Test
    void driversHaveNoCycles() {
        slices().matching("io.stripeline.fs.(*)..").should().beFreeOfCycles().check(classes());
    }
}
