package io.nanogpt.impl.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.cpu.Family;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.impl.interop.SafetensorsFile;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import java.util.Arrays;
import java.util.List;

/** Ten steps of an optimizer against those of PyTorch. */
final class OptimizerSteps {
    /** Sequences of a batch of the fixtures. */
    private static final int SEQUENCES = 4;

    private OptimizerSteps() {}

    /** Trains as a case says, and compares losses, norms and weights. */
    static void compare(OptimizerCase each, Backend backend) {
        try (SafetensorsFile inputs = Fixtures.open("optimization/optimization.safetensors");
                SafetensorsFile muon = Fixtures.open("optimization/muon.safetensors")) {
            SafetensorsFile expected = muon.names().contains(each.name() + ".losses") ? muon : inputs;
            Graph model = Family.CAPTIONS.architecture.graph();
            ParameterStore parameters = BackendConformance.load(Family.CAPTIONS, backend);
            int rows = SEQUENCES / each.parts();
            float[] losses = expected.floats(each.name() + ".losses");
            float[] norms = expected.floats(each.name() + ".norms");
            try (Executable executable = backend.compile(Gradients.training(model), parameters, rows, Family.LENGTH)) {
                for (int step = 0; step < losses.length; step++) {
                    double loss = 0;
                    for (int part = 0; part < each.parts(); part++) {
                        int from = (step * SEQUENCES + part * rows) * Family.LENGTH;
                        executable.input(Graph.TOKENS, ids(inputs, "tokens", from, rows * Family.LENGTH));
                        executable.input(Graph.TARGETS, ids(inputs, "targets", from, rows * Family.LENGTH));
                        executable.run(0);
                        loss += executable.scalar(Graph.LOSS) / each.parts();
                        if (part < each.parts() - 1) {
                            parameters.accumulateGradients(1);
                        } else if (each.parts() > 1) {
                            parameters.mergeAccumulatedGradients(1);
                        }
                    }
                    double norm = parameters.gradientNorm() / each.parts();
                    assertThat(loss).as("loss %d", step).isCloseTo(losses[step], within(1e-5));
                    assertThat(norm).as("norm %d", step).isCloseTo(norms[step], within(1e-5 * norms[step]));
                    double scale = Math.min(1, each.clip() / (norm + 1e-6)) / each.parts();
                    double factor = each.schedule().factor(step, losses.length);
                    parameters.update(each.groups(), step + 1, factor, scale);
                }
            }
            List<String> names = parameters.specs().stream()
                    .map(ParameterSpec::name)
                    .filter(name -> expected.names().contains(each.name() + "." + name))
                    .toList();
            assertThat(names).contains("tok_emb.weight", "blocks.1.mlp.fc.bias", "head.weight");
            for (String name : names) {
                float[] wanted = expected.floats(each.name() + "." + name);
                float[] actual = new float[wanted.length];
                parameters.read(name, actual);
                BackendConformance.close(name, actual, wanted);
            }
        }
    }

    private static int[] ids(SafetensorsFile file, String name, int from, int count) {
        return Arrays.stream(file.longs(name), from, from + count)
                .mapToInt(Math::toIntExact)
                .toArray();
    }
}
