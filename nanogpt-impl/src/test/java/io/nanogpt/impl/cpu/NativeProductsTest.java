package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.NanogptException;
import io.nanogpt.backend.Backends.MatrixPrecision;
import io.nanogpt.graph.Graph;
import io.nanogpt.impl.conformance.BackendConformance;
import io.nanogpt.impl.conformance.SampleModels;
import io.nanogpt.impl.conformance.SampleRun;
import io.nanogpt.impl.fakes.PlainProducts;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.Sgd;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The CPU backend with products by code of another library, which plain loops stand for. */
class NativeProductsTest {
    static Stream<String> names() {
        return SampleModels.all().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void trainingIsThatOfTheKernelsWithAnyNumberOfThreads(String model) {
        Graph graph = Gradients.training(SampleModels.all().get(model));
        List<float[]> expected = train(graph, CpuBackend.open(1));
        List<float[]> one = train(graph, CpuBackend.open(1, new PlainProducts()));
        List<float[]> three = train(graph, CpuBackend.open(3, new PlainProducts()));
        for (int i = 0; i < expected.size(); i++) {
            assertThat(one.get(i)).containsExactly(expected.get(i), within(1e-4f));
            assertThat(three.get(i)).isEqualTo(one.get(i));
        }
    }

    private static List<float[]> train(Graph graph, CpuBackend opened) {
        ParameterGroups groups = ParameterGroups.of(Sgd.of(0.1));
        try (CpuBackend backend = opened) {
            SampleRun run =
                    new SampleRun(backend, graph, SampleModels.BATCH, SampleModels.LENGTH, SampleModels.VOCABULARY);
            for (int step = 1; step <= 3; step++) {
                run.loss(step);
                run.parameters.update(groups, step, 1, 1 / Math.max(1, run.parameters.gradientNorm()));
            }
            return run.values();
        }
    }

    @Test
    void theBackendNamesAndClosesThem() {
        PlainProducts products = new PlainProducts();
        try (CpuBackend backend = CpuBackend.open(2, products)) {
            assertThat(backend.name()).endsWith(", 2 threads, products in f32 by plain loops");
            ParameterStore parameters = BackendConformance.load(Family.CAPTIONS, backend);
            int ofTheStore = products.openCalculators;
            Graph graph = Gradients.training(Family.CAPTIONS.architecture.graph());
            Executable executable = backend.compile(graph, parameters, 1, Family.LENGTH);
            assertThat(products.openCalculators).isEqualTo(ofTheStore + 2);
            executable.close();
            assertThat(products.openCalculators).isEqualTo(ofTheStore);
            assertThat(products.closed).isFalse();
        }
        assertThat(products.closed).isTrue();
    }

    /** Plain loops are slower than any kernels on these shapes, which have no short rows. */
    @Test
    void aMachineThatIsFasterWithoutThemSaysSo() {
        try (CpuBackend backend = CpuBackend.open(1, new PlainProducts())) {
            assertThat(backend.compute().advice())
                    .hasValue("matrix products in f32 by plain loops take longer on this processor than in f32 without"
                            + " native code; train in f32");
        }
    }

    @Test
    void withoutALibraryAPrecisionIsRefused() {
        assertThatThrownBy(() -> CpuBackend.open(1, MatrixPrecision.BF16))
                .isInstanceOf(NanogptException.class)
                .hasMessage("nothing on the class path computes matrix products in bf16 on the CPU; add the artifact"
                        + " nanogpt-native, or train in f32");
    }
}
