package io.nanogpt.impl;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.nanogpt.train.TrainingListener;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Enforces the allowed imports between packages, which docs/architecture.md draws. */
@Tag("any-jdk")
class ArchitectureTest {
    private static final String IMPL = "io.nanogpt.impl.";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.nanogpt");

    /** The packages that each package may import; {@code runtime} composes them and may import every one. */
    static final Map<String, List<String>> ARROWS = Map.ofEntries(
            Map.entry("files", List.of()),
            Map.entry("random", List.of()),
            Map.entry("regex", List.of()),
            Map.entry("graph", List.of()),
            Map.entry("ngram", List.of()),
            Map.entry("recipe", List.of()),
            Map.entry("gguf", List.of("files")),
            Map.entry("tokenizer", List.of("files", "gguf", "regex")),
            Map.entry("data", List.of("files", "random")),
            Map.entry("zoo", List.of()),
            Map.entry("accounting", List.of("graph")),
            Map.entry("cpu", List.of("graph", "random")),
            Map.entry("djl", List.of("graph", "random")),
            Map.entry("onnx", List.of("files", "graph")),
            Map.entry("train", List.of("graph", "accounting", "data", "ngram", "random")),
            Map.entry("checkpoint", List.of("train", "data", "interop", "files")),
            Map.entry("metrics", List.of("files")),
            Map.entry("progress", List.of()),
            Map.entry("page", List.of("files")),
            Map.entry("live", List.of("files", "page")),
            Map.entry("chart", List.of("files", "page")),
            Map.entry("chat", List.of("files")),
            Map.entry("schedule", List.of()),
            Map.entry("generate", List.of("random", "regex", "jsonschema", "schedule")),
            Map.entry("jsonschema", List.of("files", "regex")),
            Map.entry("experiment", List.of("train", "files")),
            Map.entry("inspect", List.of("files", "graph", "page")),
            Map.entry("lora", List.of()),
            Map.entry("interop", List.of("chat", "files", "gguf", "lora", "ngram")));

    @TestFactory
    Stream<DynamicTest> aRoomImportsOnlyWhatItsArrowsAllow() {
        return ARROWS.keySet().stream()
                .sorted()
                .map(name -> DynamicTest.dynamicTest(name, () -> arrows(name).check(CLASSES)));
    }

    @Test
    void everyRoomHasItsArrows() {
        String[] known = Stream.concat(ARROWS.keySet().stream(), Stream.of("runtime"))
                .map(ArchitectureTest::inside)
                .toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage(inside(""))
                .should()
                .resideInAnyPackage(known)
                .because("a new package needs a line in ARROWS")
                .check(CLASSES);
    }

    @Test
    void theApiKnowsNoImplementation() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.nanogpt.impl..", "io.nanogpt.examples..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.nanogpt.impl..")
                .check(CLASSES);
    }

    /** Optional dependencies: loading one of their classes without need fails if the dependency is missing. */
    @ParameterizedTest
    @CsvSource({"onnx, ai.onnxruntime..", "djl, ai.djl.."})
    void onlyOnePackageUsesAnOptionalDependency(String name, String dependency) {
        noClasses()
                .that()
                .resideOutsideOfPackage(inside(name))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(dependency)
                .check(CLASSES);
    }

    @Test
    void onlyTheExperimentRoomKnowsCommonsMath() {
        noClasses()
                .that()
                .resideOutsideOfPackage(inside("experiment"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.commons..")
                .check(CLASSES);
    }

    @Test
    void noLibraryClassPrints() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.nanogpt.examples..")
                .and()
                // Its progress() is there to print.
                .doNotHaveFullyQualifiedName(TrainingListener.class.getName())
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(CLASSES);
    }

    /** Data to hash or send is made in memory: a read-only or full temporary folder must not end a run. */
    @Test
    void noLibraryClassUsesTemporaryFiles() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.nanogpt.examples..")
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "makes a temporary file or folder",
                        call -> call.getTargetOwner().isEquivalentTo(Files.class)
                                && call.getName().startsWith("createTemp")))
                .check(CLASSES);
    }

    /** The heap is the program's: a collection stops all of its threads. */
    @Test
    void noLibraryClassCollectsGarbage() {
        noClasses()
                .should()
                .callMethod(System.class, "gc")
                .orShould()
                .callMethod(Runtime.class, "gc")
                .check(CLASSES);
    }

    /** Durations and limits are measured by a clock that is never set. These write when a run began, which is all. */
    @Test
    void nothingElseAsksForTheTimeOfDay() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.nanogpt.examples..")
                .and()
                .haveNameNotMatching(".*\\.(SteadyTime|FolderRunLog|GridRun)")
                .should()
                .accessTargetWhere(DescribedPredicate.describe(
                        "asks for the time of day", access -> isTimeOfDay(access.getTarget())))
                .check(CLASSES);
    }

    private static boolean isTimeOfDay(AccessTarget target) {
        String owner = target.getOwner().getName();
        return switch (owner) {
            case "java.lang.System" -> target.getName().equals("currentTimeMillis");
            case "java.util.Date" -> target.getName().equals("<init>");
            default -> owner.startsWith("java.time.") && target.getName().matches("now|system.*|tick.*");
        };
    }

    private static ArchRule arrows(String name) {
        String[] forbidden = Stream.concat(ARROWS.keySet().stream(), Stream.of("runtime"))
                .filter(other -> !other.equals(name)
                        && !ARROWS.getOrDefault(name, List.of()).contains(other))
                .map(ArchitectureTest::inside)
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(inside(name))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden);
    }

    /** The subpackages of a package, itself included; with an empty name, all packages. */
    private static String inside(String name) {
        return name.isEmpty() ? IMPL + "*.." : IMPL + name + "..";
    }
}
