package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The choice of kernels in JVMs started with several options. */
class FreshJvmKernelsTest {
    private static final String MODULE = "--add-modules=jdk.incubator.vector";

    /** The output of a JVM on each stream. */
    private record Output(List<String> out, String log) {}

    private static Output runWith(String classPath, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", classPath, PrintKernels.class.getName()));
        Path log = Files.createTempFile("kernels", ".log");
        try {
            Process process =
                    new ProcessBuilder(command).redirectError(log.toFile()).start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).isZero();
            return new Output(out.lines().toList(), Files.readString(log));
        } finally {
            Files.delete(log);
        }
    }

    private static Output run(String... options) throws IOException, InterruptedException {
        return runWith(System.getProperty("java.class.path"), options);
    }

    /** The reason twice, since the backend was opened twice, and one warning with the cure. */
    private static void assertScalar(Output output, String reason, String cure) {
        assertThat(output.out()).hasSize(2).allMatch(line -> line.startsWith("scalar: ") && line.contains(reason));
        assertThat(output.log())
                .containsOnlyOnce("computing with scalar kernels")
                .contains(reason)
                .contains(cure);
    }

    @Test
    void theModuleAloneGivesVectorKernels() throws IOException, InterruptedException {
        Output output = run(MODULE);
        assertThat(output.out()).hasSize(2).allMatch(line -> line.startsWith("vector: "));
        assertThat(output.log()).doesNotContain("scalar kernels");
    }

    @Test
    void withoutTheModuleKernelsAreScalar() throws IOException, InterruptedException {
        assertScalar(run(), "is not loaded", "--add-modules jdk.incubator.vector");
    }

    @Test
    void anInterpreterHasScalarKernels() throws IOException, InterruptedException {
        assertScalar(run(MODULE, "-Xint"), "(-Xint)", "without -Xint");
    }

    @Test
    void compilersWithoutVectorsHaveScalarKernels() throws IOException, InterruptedException {
        for (int level : new int[] {1, 3}) {
            assertScalar(run(MODULE, "-XX:TieredStopAtLevel=" + level), "C1 alone", "without -XX:TieredStopAtLevel");
        }
        assertThat(run(MODULE, "-XX:-TieredCompilation").out()).allMatch(line -> line.startsWith("vector: "));
    }

    @Test
    void thePropertyForcesKernels() throws IOException, InterruptedException {
        Output scalar = run(MODULE, "-Dnanogpt.kernels=scalar");
        assertThat(scalar.out()).containsOnly("scalar: the system property nanogpt.kernels is scalar");
        assertThat(scalar.log()).doesNotContain("scalar kernels");
        Output vector = run(MODULE, "-XX:TieredStopAtLevel=1", "-Dnanogpt.kernels=vector");
        assertThat(vector.out()).containsOnly("vector: the system property nanogpt.kernels is vector");
    }

    /** Each time, and not only the first. */
    @Test
    void aWrongPropertyIsRefused() throws IOException, InterruptedException {
        assertThat(run(MODULE, "-Dnanogpt.kernels=fast").out())
                .hasSize(2)
                .containsOnly("refused: the system property nanogpt.kernels must be vector or scalar, but is fast");
        assertThat(run("-Dnanogpt.kernels=vector").out())
                .hasSize(2)
                .allMatch(line -> line.startsWith("refused: ") && line.contains("--add-modules"));
    }

    /** As after a tool that minimizes jars removed unreferenced classes. */
    @Test
    void missingClassesGiveScalarKernels(@TempDir Path folder) throws IOException, InterruptedException {
        Path classes = Path.of("target", "classes").toAbsolutePath();
        for (String removed : List.of("vector/VectorKernels.class", "vector/MatrixProduct.class")) {
            Path copy = folder.resolve(removed);
            copy(classes, copy, removed);
            String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                    .map(entry -> Path.of(entry).toAbsolutePath().equals(classes) ? copy.toString() : entry)
                    .collect(Collectors.joining(File.pathSeparator));
            assertScalar(runWith(classPath, MODULE), "cannot be loaded", "minimizeJar");
        }
    }

    private static void copy(Path from, Path to, String without) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!file.endsWith(without)) {
                    Path target = to.resolve(from.relativize(file).toString());
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
