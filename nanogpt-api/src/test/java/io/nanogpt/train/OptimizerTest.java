package io.nanogpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.spi.OptimizerRule;
import io.nanogpt.spi.ParameterUpdate;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class OptimizerTest {
    private static void assertRefused(ThrowingCallable action, String message) {
        assertThatThrownBy(action).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }

    @Test
    void kindsTellThemApart() {
        assertThat(List.of(
                        AdamW.defaults(),
                        Sgd.of(1),
                        Muon.defaults(),
                        RowwiseAdagrad.defaults(),
                        CustomOptimizer.of(1, new Descent())))
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

    private record Descent() implements OptimizerRule {
        @Override
        public String description() {
            return "descent";
        }

        @Override
        public List<Shape> stateShapes(ParameterSpec parameter) {
            return List.of();
        }

        @Override
        public void update(ParameterUpdate update) {
            update.values()[0]--;
        }
    }

    @Test
    void stateIsWhatEachRuleKeeps() {
        ParameterSpec matrix = new ParameterSpec("w", Shape.of(6, 4), new Initializer.Constant(0));
        ParameterSpec vector = new ParameterSpec("b", Shape.of(6), new Initializer.Constant(0));
        assertThat(AdamW.defaults().stateShapes(vector)).containsExactly(Shape.of(6), Shape.of(6));
        assertThat(Sgd.of(1).stateShapes(vector)).isEmpty();
        assertThat(Sgd.of(1).withMomentum(0.9).stateShapes(matrix)).containsExactly(Shape.of(6, 4));
        assertThat(Muon.defaults().stateShapes(matrix)).containsExactly(Shape.of(6, 4));
        assertThat(Muon.defaults().withNormalizedRows(true).stateShapes(matrix))
                .containsExactly(Shape.of(6, 4), Shape.of(6));
        assertRefused(
                () -> Muon.defaults().stateShapes(vector), "Muon updates matrices, but b has the shape (6); give it");
        assertThat(Muon.defaults().rows(matrix.withMatrixRows(List.of(2, 4)))).containsExactly(2, 4);
        assertThat(Muon.pytorch().rows(matrix.withMatrixRows(List.of(2, 4)))).containsExactly(6);
    }

    @Test
    void numbersAreChecked() {
        assertRefused(
                () -> Muon.defaults().withIterations(Muon.Coefficients.POLAR_EXPRESS, 6),
                "iterations must be from 1 to 5, but is 6");
        assertRefused(() -> Muon.defaults().withMomentum(1), "momentum must be in [0, 1), but is 1.0");
        assertRefused(() -> CustomOptimizer.of(0, new Descent()), "learningRate must be above 0, but is 0.0");
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

    @Test
    void momentumRisesInItsWarmup() {
        OptimizationConfig config = OptimizationConfig.defaults()
                .withGroups(ParameterGroups.of(Sgd.of(0.1).withMomentum(0.5))
                        .with(ParameterSelector.hidden(), Muon.defaults())
                        .with(ParameterSelector.head(), AdamW.defaults()))
                .withMomentumWarmup(10);
        assertThat(config.groups(0).groups().get(0).optimizer())
                .isEqualTo(Muon.defaults().withMomentum(0.85));
        assertThat(((Muon) config.groups(5).groups().get(0).optimizer()).momentum())
                .isCloseTo(0.9, within(1e-12));
        assertThat(config.groups(5).rest()).isEqualTo(config.groups().rest());
        assertThat(config.groups(10)).isSameAs(config.groups());
        assertThatThrownBy(() -> config.withMomentumWarmup(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("momentumWarmup must be at least 0, but is -1");
    }
}
