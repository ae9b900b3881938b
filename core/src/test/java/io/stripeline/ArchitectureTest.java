package io.stripeline;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import io.stripeline.inode.RawPath;
import io.stripeline.testkit.HouseRules;
import org.junit.jupiter.api.Test;

/** Core stands below everything, and its rooms below each other. */
class ArchitectureTest extends HouseRules {
    @Test
    void coreKnowsNoOtherModule() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.stripeline.fs..",
                        "io.stripeline.dedup..",
                        "io.stripeline.ptcomm..",
                        "io.stripeline.cli..",
                        "io.stripeline.backend..",
                        "io.netty..",
                        "org.rocksdb..")
                .check(classes());
    }

    @Test
    void roomsHaveNoCycles() {
        slices().matching("io.stripeline.(*)..")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(
                        JavaClass.Predicates.resideInAPackage("io.stripeline.posix.."),
                        JavaClass.Predicates.type(RawPath.class))
                .because("messages of the native layer print paths as everybody does; else it knows nobody")
                .check(classes());
    }

    @Test
    void theNativeLayerKnowsNobody() {
        noClasses()
                .that()
                .resideInAPackage("io.stripeline.posix..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.stripeline",
                        "io.stripeline.flow..",
                        "io.stripeline.slab..",
                        "io.stripeline.scan..",
                        "io.stripeline.read..",
                        "io.stripeline.write..",
                        "io.stripeline.snapshot..")
                .check(classes());
    }

    @Test
    void onlyTheNativeLayerBindsTheLibrary() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.stripeline.posix..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jnr..", "com.kenai..")
                .check(classes());
    }

    @Test
    void readingKnowsNothingOfWriting() {
        noClasses()
                .that()
                .resideInAnyPackage("io.stripeline.scan..", "io.stripeline.read..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.stripeline.write..", "io.stripeline.snapshot..")
                .check(classes());
    }
}
