package io.nanogpt.impl.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.Sgd;
import java.util.List;

/** Gradients that are written into a store, as those of several workers are, are those that an update uses. */
final class WrittenGradients {
    private WrittenGradients() {}

    /** Compares a run with another whose gradients are twice its own, and whose update halves them. */
    static void compare(SampleRun computed, SampleRun written) {
        computed.loss(1);
        written.loss(2);
        List<float[]> gradients = computed.gradients();
        for (int i = 0; i < gradients.size(); i++) {
            ParameterSpec spec = written.parameters.specs().get(i);
            float[] twice = gradients.get(i).clone();
            for (int j = 0; j < twice.length; j++) {
                twice[j] *= 2;
            }
            written.parameters.writeGradient(spec.name(), twice);
            float[] read = new float[twice.length];
            written.parameters.readGradient(spec.name(), read);
            assertThat(read).as(spec.name()).isEqualTo(twice);
        }
        double norm = computed.parameters.gradientNorm();
        assertThat(written.parameters.gradientNorm()).isCloseTo(2 * norm, within(1e-6 * norm));
        ParameterGroups groups = ParameterGroups.of(Sgd.of(0.1));
        computed.parameters.update(groups, 1, 1, 1);
        written.parameters.update(groups, 1, 1, 0.5);
        for (int i = 0; i < gradients.size(); i++) {
            assertThat(written.values().get(i))
                    .as(written.parameters.specs().get(i).name())
                    .isEqualTo(computed.values().get(i));
        }
    }
}
