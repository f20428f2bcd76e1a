package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.impl.conformance.BackendConformance;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.spi.ParameterStore;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuBackendTest {
    @ParameterizedTest
    @CsvSource({"1, 12, 1", "3, 12, 2", "50, 7, 3"})
    void theBytesOfAnExecutableAreKnownBeforeItIsCompiled(int batch, int sequence, int threads) {
        try (CpuBackend backend = CpuBackend.open(threads)) {
            ParameterStore parameters = BackendConformance.load(Family.CAPTIONS, backend);
            Graph graph = Gradients.training(Family.CAPTIONS.architecture.graph());
            assertThat(backend.executableBytes(graph, parameters, batch, sequence))
                    .isEqualTo(
                            backend.compile(graph, parameters, batch, sequence).bytes());
        }
    }

    @Test
    void moreParametersThanAnArrayHoldsAreRefused() {
        Initializer zero = new Initializer.Constant(0);
        List<ParameterSpec> specs = List.of(
                new ParameterSpec("a", Shape.of(1_500_000_000), zero),
                new ParameterSpec("b", Shape.of(1_500_000_000), zero));
        try (CpuBackend backend = CpuBackend.open(1)) {
            assertThatThrownBy(() -> backend.allocate(specs))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the parameters up to b are 3000000000 numbers")
                    .hasMessageContaining("at most 2147483647; make the model smaller");
        }
    }
}
