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
import io.nanogpt.train.AdamW;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.ParameterSelector;
import io.nanogpt.train.RowwiseAdagrad;
import java.util.Arrays;

/** Ten steps of row-wise Adagrad on n-gram tables, and of AdamW on the other parameters, against PyTorch's. */
final class RowwiseSteps {
    private static final int SEQUENCES = 4;
    private static final ParameterGroups GROUPS = ParameterGroups.of(
                    AdamW.defaults().withLearningRate(1e-2).withWeightDecay(0.1))
            .with(ParameterSelector.tables(), RowwiseAdagrad.defaults().withLearningRate(0.05));

    private RowwiseSteps() {}

    /** Compares one case of the fixture, in steps of {@code parts} batches each. */
    static void compare(String name, double clip, int parts, Backend backend) {
        Family family = Family.NGRAM_SUM;
        Graph model = family.architecture.graph();
        ParameterStore parameters = BackendConformance.load(family, backend);
        int rows = SEQUENCES / parts;
        try (SafetensorsFile expected = Fixtures.open("optimization/rowwise.safetensors");
                Executable executable = backend.compile(Gradients.training(model), parameters, rows, Family.LENGTH)) {
            float[] losses = expected.floats(name + ".losses");
            float[] norms = expected.floats(name + ".norms");
            for (int step = 0; step < losses.length; step++) {
                double loss = 0;
                for (int part = 0; part < parts; part++) {
                    int from = (step * SEQUENCES + part * rows) * Family.LENGTH;
                    int to = from + rows * Family.LENGTH;
                    executable.input(Graph.TOKENS, Arrays.copyOfRange(Family.ids(expected, "tokens"), from, to));
                    executable.input(Graph.TARGETS, Arrays.copyOfRange(Family.ids(expected, "targets"), from, to));
                    executable.run(0);
                    loss += executable.scalar(Graph.LOSS) / parts;
                    if (part < parts - 1) {
                        parameters.accumulateGradients(1);
                    } else if (parts > 1) {
                        parameters.mergeAccumulatedGradients(1);
                    }
                }
                double norm = parameters.gradientNorm() / parts;
                assertThat(loss).as("loss %d", step).isCloseTo(losses[step], within(1e-5));
                assertThat(norm).as("norm %d", step).isCloseTo(norms[step], within(1e-5 * norms[step]));
                parameters.update(GROUPS, step + 1, 1, Math.min(1, clip / (norm + 1e-6)) / parts);
            }
            for (ParameterSpec spec : parameters.specs()) {
                boolean table = spec.role() == ParameterSpec.Role.TABLE;
                if (table || spec.name().equals("tok_emb.weight")) {
                    float[] values = new float[spec.elements()];
                    parameters.read(spec.name(), values);
                    BackendConformance.close(spec.name(), values, expected.floats(name + "." + spec.name()));
                }
                if (table) {
                    float[] sums = new float[spec.shape().size(0)];
                    parameters.readMoment(spec.name(), 1, sums);
                    BackendConformance.close("sums", sums, expected.floats(name + ".sums." + spec.name()));
                }
            }
        }
    }
}
