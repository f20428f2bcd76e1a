package io.nanogpt.impl.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.impl.fakes.MapParameters;
import io.nanogpt.train.WeightAveraging;
import java.util.List;
import org.junit.jupiter.api.Test;

class AveragedWeightsTest {
    /** Samples of the steps 2, 4, 6 and 8, of which the first two count the same with a decay of one half. */
    @Test
    void samplesAreAveragedWithTheDecayOnceThereAreEnough() {
        MapParameters parameters =
                new MapParameters(List.of(new ParameterSpec("a", Shape.of(2), new Initializer.Constant(0))));
        AveragedWeights averaged =
                new AveragedWeights(parameters, WeightAveraging.ema(0.5).withEvery(2));
        assertThat(averaged.exists(1)).isFalse();
        for (int step = 1; step <= 8; step++) {
            parameters.write("a", new float[] {step, -step});
            averaged.sample(step);
        }
        assertThat(averaged.exists(8)).isTrue();
        float expected = ((2 + 4) / 2f + 6) / 2 / 2 + 8 / 2f;
        assertThat(averaged.copies().get("a")[0]).isCloseTo(expected, within(1e-6f));
        averaged.exchange();
        float[] store = new float[2];
        parameters.read("a", store);
        assertThat(store).containsExactly(new float[] {expected, -expected}, within(1e-6f));
        assertThat(averaged.copies().get("a")).containsExactly(8, -8);
        averaged.exchange();
        parameters.read("a", store);
        assertThat(store).containsExactly(8, -8);
    }
}
