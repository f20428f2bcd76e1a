package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.graph.Graph;
import io.nanogpt.impl.conformance.BackendConformance;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.spi.ParameterStore;
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
}
