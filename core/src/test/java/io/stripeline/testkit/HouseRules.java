package io.stripeline.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/**
 * The walls that every module has. A module's {@code ArchitectureTest} extends this class and adds its own arrows.
 * Looks at {@code target/classes} and {@code src/main/java} of the module that runs it.
 */
public abstract class HouseRules {
    /** Longer than this is more than one idea. */
    private static final int MOST_LINES = 400;

    /** A test may list more cases than its subject has ideas. */
    private static final int MOST_TEST_LINES = 500;

    /** What may not stand in a public signature: a user of the library must not need these on his class path. */
    private static final List<String> INNER = List.of(
            "jnr.", "com.kenai.", "com.fasterxml.", "org.rocksdb.", "io.netty.", "com.github.luben.", "com.dynatrace.");

    private static JavaClasses imported;

    /** The module's own classes. */
    protected static synchronized JavaClasses classes() {
        if (imported == null) {
            Path classes = Path.of("target", "classes");
            imported = Files.isDirectory(classes)
                    ? new ClassFileImporter().importPath(classes)
                    : new ClassFileImporter().importClasses(Set.of());
        }
        return imported;
    }

    /** Packages of programs: these may print, block and subscribe. */
    protected String[] programs() {
        return new String[] {"io.stripeline.cli..", "io.stripeline.backend..", "io.stripeline.program.."};
    }

    @Test
    void libraryCodeNeitherBlocksNorSubscribes() {
        noClasses()
                .that()
                .resideOutsideOfPackages(programs())
                .should()
                .callMethodWhere(ReactorCalls.endTheStream())
                .because("stages are functions from Flux to Flux; block and subscribe stand in programs only")
                .allowEmptyShould(true)
                .check(classes());
    }

    @Test
    void everyHiddenQueueHasANumber() {
        noClasses()
                .should()
                .callMethodWhere(ReactorCalls.leaveOutTheirNumbers())
                .because("short forms hold up to 256 x 32 elements: say concurrency and prefetch")
                .allowEmptyShould(true)
                .check(classes());
    }

    @Test
    void noWorkOnGlobalSchedulers() {
        noClasses()
                .should()
                .callMethodWhere(ReactorCalls.useGlobalSchedulers())
                .because("own bounded schedulers, made and disposed with what they serve")
                .allowEmptyShould(true)
                .check(classes());
    }

    @Test
    void operatorsAreComposedNotWritten() {
        noClasses()
                .should()
                .beAssignableTo("org.reactivestreams.Subscriber")
                .orShould()
                .beAssignableTo("org.reactivestreams.Publisher")
                .because("Reactor's rules are too many to follow by hand")
                .allowEmptyShould(true)
                .check(classes());
    }

    @Test
    void onlyProgramsPrint() {
        noClasses()
                .that()
                .resideOutsideOfPackages(programs())
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .because("standard output belongs to the protocol")
                .allowEmptyShould(true)
                .check(classes());
    }

    @Test
    void noDatabinding() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml.jackson.databind..")
                .because("formats are written by hand, field by field")
                .allowEmptyShould(true)
                .check(classes());
    }

    @Test
    void everyPackageIsNullMarked() {
        Set<String> unmarked = new TreeSet<>();
        for (JavaClass one : classes()) {
            JavaPackage room = one.getPackage();
            boolean generated = room.getName().contains("jmh_generated");
            if (!generated && !one.getSimpleName().equals("package-info") && !room.isAnnotatedWith(NullMarked.class)) {
                unmarked.add(room.getName());
            }
        }
        assertThat(unmarked)
                .as("packages without @NullMarked in package-info.java")
                .isEmpty();
    }

    @Test
    void publicSignaturesNameNoInnerLibrary() {
        Set<String> found = new TreeSet<>();
        for (JavaClass one : classes()) {
            if (!isVisible(one)) {
                continue;
            }
            for (JavaMember member : one.getMembers()) {
                boolean visible = member.getModifiers().contains(JavaModifier.PUBLIC)
                        || member.getModifiers().contains(JavaModifier.PROTECTED);
                if (visible && named(member).anyMatch(HouseRules::isInner)) {
                    found.add(member.getFullName());
                }
            }
        }
        assertThat(found).as("public members with a type of " + INNER).isEmpty();
    }

    private static boolean isVisible(JavaClass one) {
        return one.getModifiers().contains(JavaModifier.PUBLIC)
                && one.getEnclosingClass().map(HouseRules::isVisible).orElse(true);
    }

    private static boolean isInner(String type) {
        return INNER.stream().anyMatch(type::startsWith);
    }

    private static Stream<String> named(JavaMember member) {
        if (member instanceof JavaField field) {
            return Stream.of(field.getRawType().getName());
        }
        JavaCodeUnit unit = (JavaCodeUnit) member;
        return Stream.concat(
                Stream.of(unit.getRawReturnType().getName()),
                unit.getRawParameterTypes().stream().map(JavaClass::getName));
    }

    @Test
    void namesAreTermsOfTheField() {
        noClasses()
                .should()
                .haveNameMatching(".*(Impl|Utils?|Helpers?|Managers?)")
                .because("a class is named by what it is or by its mechanism")
                .allowEmptyShould(true)
                .check(classes());
    }

    @Test
    void sourcesAreShortFinishedAndOfNoMachine() throws IOException {
        Set<String> found = new TreeSet<>();
        for (Path root : List.of(Path.of("src", "main"), Path.of("src", "test"))) {
            if (Files.isDirectory(root)) {
                try (Stream<Path> files = Files.walk(root)) {
                    files.filter(file -> file.toString().endsWith(".java")).forEach(file -> look(file, found));
                }
            }
        }
        assertThat(found).isEmpty();
    }

    private static void look(Path file, Set<String> found) {
        try {
            List<String> lines = Files.readAllLines(file);
            int most = file.startsWith(Path.of("src", "test")) ? MOST_TEST_LINES : MOST_LINES;
            if (lines.size() > most) {
                found.add(file + " has " + lines.size() + " lines, more than " + most);
            }
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).matches(".*\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b.*")) {
                    found.add(file + ":" + (i + 1) + " is not finished: "
                            + lines.get(i).trim());
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
