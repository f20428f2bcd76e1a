package io.nanogpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.graph.Initializer;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class OptimizerTest {
    private static void assertRefused(ThrowingCallable action, String message) {
        assertThatThrownBy(action).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }

    @Test
    void kindsTellThemApart() {
        assertThat(List.of(AdamW.defaults(), Sgd.of(1)))
                .extracting(Optimizer::kind)
                .containsExactly(Optimizer.Kind.values());
        assertThat(List.of(
                        new Initializer.Constant(0),
                        new Initializer.Normal(1),
                        new Initializer.Uniform(1),
                        new Initializer.TruncatedNormal(1, 3)))
                .extracting(Initializer::kind)
                .containsExactly(Initializer.Kind.values());
    }

    @Test
    void numbersAreChecked() {
        assertRefused(() -> AdamW.defaults().withLearningRate(0), "learningRate must be above 0, but is 0.0");
        assertRefused(() -> AdamW.defaults().withBetas(1, 0.9), "beta1 must be in [0, 1), but is 1.0");
        assertRefused(() -> AdamW.defaults().withWeightDecay(-1), "weightDecay must be at least 0, but is -1.0");
        assertRefused(() -> Sgd.of(Double.NaN), "learningRate must be above 0, but is NaN");
        assertRefused(() -> Sgd.of(1).withMomentum(1), "momentum must be in [0, 1), but is 1.0");
        assertRefused(() -> Sgd.of(1).withNesterov(true), "Nesterov momentum must be above 0");
        assertRefused(() -> new Initializer.TruncatedNormal(1, 0.5f), "a truncated normal needs a bound of at least");
    }

    @Test
    void withersChangeOneThing() {
        Sgd sgd = Sgd.of(0.1).withMomentum(0.9).withNesterov(true).withWeightDecay(0.01);
        assertThat(sgd).isEqualTo(new Sgd(0.1, 0.9, 0.01, true));
        assertThat(sgd.withLearningRate(0.2)).isEqualTo(new Sgd(0.2, 0.9, 0.01, true));
        assertThat(AdamW.defaults().withDecay(AdamW.Decay.MATRICES).decay()).isEqualTo(AdamW.Decay.MATRICES);
    }
}
