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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

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

    /** In a process in which oneDNN may not use what this processor has beyond AVX2. */
    @Test
    void aProcessorWithoutUnitsIsRefused() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Refused.class.getName());
        builder.environment().putAll(Map.of("ONEDNN_MAX_CPU_ISA", "AVX2"));
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(output)
                .contains("refused: this processor has no units for bf16 (AVX512_BF16 or AMX), and oneDNN 3.")
                .contains("train in f32")
                .contains("doctor: Products in bf16 not usable");
        assertThat(process.waitFor()).isZero();
    }

    /** Prints what a program is told. */
    static final class Refused {
        public static void main(String[] arguments) {
            try {
                MatrixProductsProvider.of(MatrixPrecision.BF16).open();
            } catch (NanogptException e) {
                System.out.println("refused: " + e.getMessage());
            }
            for (Diagnosis diagnosis : Diagnosis.all()) {
                System.out.println("doctor: " + diagnosis.subject() + " " + diagnosis.finding());
            }
        }
    }
}
