package io.nanogpt.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nanogpt.Diagnosis;
import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.backend.BackendChoice;
import io.nanogpt.backend.Backends;
import io.nanogpt.backend.Backends.MatrixPrecision;
import io.nanogpt.data.Corpus;
import io.nanogpt.spi.MatrixProductsProvider;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingStep;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a program sees of products in bfloat16. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class TrainingTest {
    private static final BackendChoice.Cpu BF16 = Backends.cpu().withPrecision(MatrixPrecision.BF16);

    @Test
    void lossesAreCloseToThoseOfFloatsAndTheSameForAnyNumberOfThreads() {
        OneDnn.load();
        assumeTrue(OneDnn.hasBf16Units(), "this processor has no units for bf16");
        double[] floats = losses(Backends.cpu(), 2);
        double[] rounded = losses(BF16, 2);
        assertThat(rounded).isNotEqualTo(floats).containsExactly(floats, within(0.02));
        assertThat(losses(BF16, 1)).isEqualTo(rounded);
        assertThat(losses(BF16, 3)).isEqualTo(rounded);
    }

    private static double[] losses(BackendChoice backend, int threads) {
        List<Double> losses = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void onStep(TrainingStep step) {
                losses.add((double) step.loss());
            }
        };
        String text = "The cat sat on the mat. The dog sat on the log. A fox in socks. ".repeat(40);
        LanguageModel model = GPT.builder()
                .layers(2)
                .heads(2)
                .embeddingSize(32)
                .contextLength(32)
                .batchSize(10)
                .steps(30)
                .backend(backend)
                .threads(threads)
                .listener(listener)
                .train(Corpus.ofText(text));
        model.close();
        return losses.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** A server that tries again must not get an error that tells less. */
    @Test
    void aFolderThatCannotBeWrittenIsNamedEachTime() throws Exception {
        String output = run(Refused.class, Map.of(), "-Djna.tmpdir=/proc");
        assertThat(output.lines().filter(line -> line.startsWith("refused: oneDNN cannot be loaded: ")))
                .hasSize(2)
                .allSatisfy(
                        line -> assertThat(line).contains("; it is unpacked into", "name another with -Djna.tmpdir"));
    }

    /** The library is 90 MB. */
    @Test
    void nothingStaysInTheTemporaryFolderWhileTheProcessRuns(@TempDir Path folder) throws Exception {
        String output = run(Loaded.class, Map.of(), "-Djna.tmpdir=" + folder);
        assertThat(output).contains("files: 0");
    }

    /** In a process in which oneDNN may not use what this processor has beyond AVX2. */
    @Test
    void aProcessorWithoutUnitsIsRefused() throws Exception {
        String output = run(Refused.class, Map.of("ONEDNN_MAX_CPU_ISA", "AVX2"));
        assertThat(output)
                .contains(
                        "refused: this processor has no units for bf16 (AVX512_BF16 or AMX), or the environment variable"
                                + " ONEDNN_MAX_CPU_ISA hides them from oneDNN 3.")
                .contains("; train in f32")
                .contains("doctor: Products in bf16 not usable");
    }

    private static String run(Class<?> program, Map<String, String> environment, String... options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    /** Prints how many files of 1 MB and more there are once the library is loaded. */
    static final class Loaded {
        public static void main(String[] arguments) throws Exception {
            OneDnn.load();
            try (Stream<Path> files = Files.list(Path.of(System.getProperty("jna.tmpdir")))) {
                System.out.println("files: "
                        + files.filter(file -> file.toFile().length() > 1_000_000)
                                .count());
            }
        }
    }

    /** Prints what a program is told. */
    static final class Refused {
        public static void main(String[] arguments) {
            for (int attempt = 0; attempt < 2; attempt++) {
                try {
                    MatrixProductsProvider.of(MatrixPrecision.BF16).open();
                } catch (NanogptException e) {
                    System.out.println("refused: " + e.getMessage());
                }
            }
            for (Diagnosis diagnosis : Diagnosis.all()) {
                System.out.println("doctor: " + diagnosis.subject() + " " + diagnosis.finding());
            }
        }
    }
}
