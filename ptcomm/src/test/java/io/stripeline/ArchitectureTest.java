package io.stripeline;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import io.stripeline.testkit.HouseRules;
import org.junit.jupiter.api.Test;

/** Who on a node may know whom: only programs know the store, nobody knows a driver. */
class ArchitectureTest extends HouseRules {
    @Test
    void onlyProgramsKnowTheStore() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.stripeline.cli..", "io.stripeline.backend..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.stripeline.dedup..")
                .check(classes());
    }

    @Test
    void programsKnowOnlyTheFacadeOfTheStore() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.stripeline.dedup.cdc..",
                        "io.stripeline.dedup.pack..",
                        "io.stripeline.dedup.index..",
                        "io.stripeline.dedup.blob..")
                .check(classes());
    }

    @Test
    void driversAreFoundAtRunTime() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.stripeline.fs..")
                .check(classes());
    }

    @Test
    void theCodecAndThePeerArePlainJava() {
        noClasses()
                .that()
                .resideInAnyPackage("io.stripeline.ptcomm.wire..", "io.stripeline.ptcomm.peer..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("reactor..")
                .check(classes());
    }
}
