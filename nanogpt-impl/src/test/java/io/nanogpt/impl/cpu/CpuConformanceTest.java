package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.conformance.BackendConformance;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.impl.graph.Packing;
import io.nanogpt.impl.interop.SafetensorsFile;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("kernels")
class CpuConformanceTest extends BackendConformance {
    @Override
    protected Stream<Opener> openers() {
        return KernelsUnderTest.all().stream()
                .map(kernels -> new Opener(kernels.name(), () -> CpuBackend.open(2, kernels)));
    }

    @ParameterizedTest
    @EnumSource
    void decodingInPiecesGivesTheSameBytes(Family family) {
        try (Backend backend = CpuBackend.open(1);
                SafetensorsFile expected = family.expected()) {
            int[] tokens = Family.ids(expected, "tokens");
            Decoder decoder = backend.decoder(family.architecture.graph(), load(family, backend), Family.LENGTH);
            float[] byTokens = new float[Family.VOCABULARY];
            for (int t = 0; t < Family.LENGTH; t++) {
                decoder.feed(tokens, t, 1, byTokens);
            }
            float[] logits = new float[Family.VOCABULARY];
            decoder.reset();
            decoder.feed(tokens, 0, 5, logits);
            decoder.feed(tokens, 5, Family.LENGTH - 5, logits);
            assertThat(logits).containsExactly(byTokens);
        }
    }

    /** Of packed examples, with all kernels and numbers of threads. */
    @ParameterizedTest
    @EnumSource(names = {"CAPTIONS", "GPT2", "LLAMA", "LLAMA_WINDOW"})
    void packedGradientsHaveTheSameBits(Family family) {
        List<float[]> reference = new ArrayList<>();
        for (Kernels kernels : KernelsUnderTest.all()) {
            for (int threads = 1; threads <= 3; threads++) {
                List<float[]> gradients = packedGradients(family, kernels, threads);
                if (reference.isEmpty()) {
                    reference.addAll(gradients);
                }
                assertThat(gradients).hasSameSizeAs(reference);
                for (int i = 0; i < gradients.size(); i++) {
                    assertThat(gradients.get(i)).containsExactly(reference.get(i));
                }
            }
        }
    }

    private static List<float[]> packedGradients(Family family, Kernels kernels, int threads) {
        Graph graph = Gradients.training(Packing.of(family.architecture.graph()));
        try (Backend backend = CpuBackend.open(threads, kernels);
                SafetensorsFile given = family.expected();
                SafetensorsFile packed = family.packed().orElseThrow()) {
            ParameterStore parameters = load(family, backend);
            try (Executable executable = backend.compile(graph, parameters, Family.BATCH, Family.LENGTH)) {
                executable.input(Graph.TOKENS, Family.ids(given, "tokens"));
                executable.input(Graph.TARGETS, Family.ids(packed, "targets"));
                executable.input(Graph.POSITIONS, Family.ids(packed, "positions"));
                executable.run(0);
            }
            List<float[]> gradients = new ArrayList<>();
            for (ParameterSpec spec : parameters.specs()) {
                float[] gradient = new float[spec.elements()];
                parameters.readGradient(spec.name(), gradient);
                gradients.add(gradient);
            }
            return gradients;
        }
    }
}
