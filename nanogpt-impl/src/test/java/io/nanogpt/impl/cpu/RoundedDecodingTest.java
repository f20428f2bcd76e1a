package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.NanogptException;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.fakes.Models;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.impl.graph.Inference;
import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.model.WeightPrecision;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Models whose weights are rounded compute what models of 32-bit floats do that have these weights. */
@Tag("kernels")
class RoundedDecodingTest {
    private static final int CONTEXT = 70;
    /** Of a head that threads share. */
    private static final int VOCABULARY = 9_001;

    private static final int[] TOKENS =
            IntStream.range(0, CONTEXT).map(i -> i * 131 % VOCABULARY).toArray();
    /** The head is the embedding. */
    private static final Graph TIED = Models.captions(
                    Models.captions(1, 2, 64, CONTEXT, VOCABULARY).tiedHead(true), 0)
            .graph();

    @ParameterizedTest
    @EnumSource(names = {"BF16", "INT8"})
    void logitsDependNeitherOnKernelsNorOnThreadsNorOnTheRowsOfAPass(WeightPrecision precision) {
        float[] first = {};
        for (Kernels kernels : KernelsUnderTest.all()) {
            for (int threads = 1; threads <= 3; threads++) {
                try (CpuBackend backend = CpuBackend.open(threads, kernels, precision)) {
                    ParameterStore parameters = random(backend);
                    float[] logits = decode(backend, parameters, 1);
                    first = first.length == 0 ? logits : first;
                    assertThat(logits).isEqualTo(first);
                    assertThat(decode(backend, parameters, 33)).isEqualTo(first);
                    assertThat(evaluate(backend, parameters)).isEqualTo(first);
                }
            }
        }
    }

    /** Of integers an output is multiplied by its factor at last, and not each weight. */
    @ParameterizedTest
    @EnumSource(names = {"BF16", "INT8"})
    void logitsAreThoseOfTheRoundedWeightsAsFloats(WeightPrecision precision) {
        for (Kernels kernels : KernelsUnderTest.all()) {
            try (CpuBackend rounding = CpuBackend.open(1, kernels, precision);
                    CpuBackend floats = CpuBackend.open(1, kernels)) {
                ParameterStore rounded = random(rounding);
                ParameterStore expanded = floats.allocate(TIED);
                for (ParameterSpec spec : TIED.parameters()) {
                    float[] values = new float[spec.elements()];
                    rounded.read(spec.name(), values);
                    expanded.write(spec.name(), values);
                }
                float[] expected = decode(floats, expanded, 1);
                float[] logits = decode(rounding, rounded, 1);
                if (precision == WeightPrecision.BF16) {
                    assertThat(logits).isEqualTo(expected);
                }
                assertThat(logits).containsExactly(expected, within(2e-5f));
                assertThat(decode(floats, random(floats), 1)).isNotEqualTo(logits);
            }
        }
    }

    @Test
    void whatNoProductReadsStaysAsItIs() {
        assertThat(ProductWeights.of(TIED)).contains(table());
        Graph untied =
                Models.captions(Models.captions(1, 2, 64, CONTEXT, 11), 0).graph();
        assertThat(ProductWeights.of(untied)).doesNotContain(table()).isNotEmpty();
        assertThat(ProductWeights.of(Family.LSTM.architecture.graph()))
                .noneMatch(name -> name.contains("weight_hh"))
                .isNotEmpty();
        try (CpuBackend backend = CpuBackend.open(1, KernelsUnderTest.all().get(0), WeightPrecision.INT8)) {
            ParameterStore store = backend.allocate(untied);
            for (ParameterSpec spec : untied.parameters()) {
                float[] values = new float[spec.elements()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) CounterRandom.normal(i, 1);
                }
                store.fill(spec.name(), (array, from) -> System.arraycopy(values, 0, array, from, values.length));
                float[] kept = new float[values.length];
                store.read(spec.name(), kept);
                if (ProductWeights.of(untied).contains(spec.name())) {
                    assertThat(kept).isNotEqualTo(values).containsExactly(values, within(0.03f));
                } else {
                    assertThat(kept).isEqualTo(values);
                }
            }
        }
    }

    private static String table() {
        return TIED.parameters().stream()
                .filter(spec -> spec.role() == ParameterSpec.Role.EMBEDDING
                        && spec.shape().size(0) == VOCABULARY)
                .findFirst()
                .orElseThrow()
                .name();
    }

    @Test
    void roundedWeightsAreNotTrained() {
        try (CpuBackend backend = CpuBackend.open(1, KernelsUnderTest.all().get(0), WeightPrecision.BF16)) {
            ParameterStore parameters = random(backend);
            assertThat(backend.name()).endsWith("1 thread, bf16 weights");
            assertThatThrownBy(() -> backend.compile(Gradients.training(TIED), parameters, 1, 8))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContainingAll("kept in bf16", "cannot be trained", "load it in f32");
            assertThatThrownBy(parameters::gradientNorm)
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("cannot be trained");
        }
    }

    private static float[] decode(CpuBackend backend, ParameterStore parameters, int step) {
        float[] logits = new float[VOCABULARY];
        try (Decoder decoder = backend.decoder(TIED, parameters, CONTEXT)) {
            for (int i = 0; i < CONTEXT; i += step) {
                decoder.feed(TOKENS, i, Math.min(step, CONTEXT - i), logits);
            }
        }
        return logits;
    }

    /** The logits of the last token. */
    private static float[] evaluate(CpuBackend backend, ParameterStore parameters) {
        try (Executable executable = backend.compile(Inference.of(TIED), parameters, 1, CONTEXT)) {
            executable.input(Graph.TOKENS, TOKENS);
            executable.run(1);
            float[] all = new float[CONTEXT * VOCABULARY];
            executable.read(Graph.LOGITS, all);
            return Arrays.copyOfRange(all, (CONTEXT - 1) * VOCABULARY, all.length);
        }
    }

    private static ParameterStore random(CpuBackend backend) {
        ParameterStore parameters = backend.allocate(TIED);
        for (ParameterSpec spec : TIED.parameters()) {
            float[] values = new float[spec.elements()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) CounterRandom.uniform(spec.name().hashCode(), i) - 0.5f;
            }
            parameters.write(spec.name(), values);
        }
        return parameters;
    }
}
