package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.graph.Graph;
import io.nanogpt.impl.conformance.SampleModels;
import io.nanogpt.impl.conformance.SampleRun;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.ParameterGroups;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same bytes for any number of threads. */
@Tag("kernels")
class DeterminismTest {
    static Stream<Arguments> models() {
        return KernelsUnderTest.all().stream()
                .flatMap(kernels -> SampleModels.all().keySet().stream().map(model -> Arguments.of(model, kernels)));
    }

    @ParameterizedTest
    @MethodSource("models")
    void weightsAfterTrainingDoNotDependOnThreads(String model, Kernels kernels) {
        Graph graph = Gradients.training(SampleModels.all().get(model));
        List<float[]> one = train(graph, kernels, 1);
        for (int threads = 2; threads <= 3; threads++) {
            List<float[]> more = train(graph, kernels, threads);
            for (int i = 0; i < one.size(); i++) {
                assertThat(more.get(i)).isEqualTo(one.get(i));
            }
        }
    }

    private static List<float[]> train(Graph graph, Kernels kernels, int threads) {
        ParameterGroups groups = ParameterGroups.of(AdamW.defaults().withLearningRate(1e-2));
        try (CpuBackend backend = CpuBackend.open(threads, kernels)) {
            SampleRun run =
                    new SampleRun(backend, graph, SampleModels.BATCH, SampleModels.LENGTH, SampleModels.VOCABULARY);
            for (int step = 1; step <= 5; step++) {
                run.loss(step);
                run.parameters.update(groups, step, 1, 1 / Math.max(1, run.parameters.gradientNorm()));
            }
            return run.values();
        }
    }
}
