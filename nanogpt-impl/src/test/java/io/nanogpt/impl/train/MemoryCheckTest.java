package io.nanogpt.impl.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.Shape;
import io.nanogpt.spi.Collective;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.DivergencePolicy;
import io.nanogpt.train.LocalSteps;
import io.nanogpt.train.Muon;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.ParameterSelector;
import io.nanogpt.train.Sgd;
import io.nanogpt.train.Trainer;
import org.junit.jupiter.api.Test;

/** The memory of a run by the optimizers of its parameters. */
class MemoryCheckTest {
    /** A table and a head of 5 x 4, and a matrix of 4 x 4. */
    private static Graph graph() {
        GraphBuilder g = new GraphBuilder();
        Initializer start = new Initializer.Normal(1);
        Node x = g.embedding(g.input(Graph.TOKENS), g.parameter("table", Shape.of(5, 4), start));
        Node hidden = g.relu(g.linear(x, g.parameter("hidden", Shape.of(4, 4), start)));
        return g.output(Graph.LOGITS, g.linear(hidden, g.parameter("head", Shape.of(5, 4), start)))
                .build();
    }

    private static long bytes(ParameterGroups groups, int rollbacks) {
        return MemoryCheck.modelBytes(
                Trainer.builder()
                        .optimizer(groups)
                        .divergencePolicy(
                                rollbacks > 0 ? DivergencePolicy.rollBack(rollbacks) : DivergencePolicy.stop())
                        .config(),
                graph());
    }

    @Test
    void eachOptimizerCountsWhatItKeeps() {
        int parameters = 20 + 16 + 20;
        assertThat(bytes(ParameterGroups.of(AdamW.defaults()), 0)).isEqualTo(4L * 4 * parameters);
        assertThat(bytes(ParameterGroups.of(Sgd.of(1)), 0)).isEqualTo(4L * 2 * parameters);
        assertThat(bytes(ParameterGroups.of(Sgd.of(1).withMomentum(0.9)), 0)).isEqualTo(4L * 3 * parameters);
        ParameterGroups muon = ParameterGroups.of(Sgd.of(1))
                .with(ParameterSelector.hidden(), Muon.defaults().withNormalizedRows(true));
        int moments = 16 + 4;
        int work = 2 * 16 + 4 * 16;
        assertThat(bytes(muon, 0)).isEqualTo(4L * (2 * parameters + moments + work));
        // The copy for rollbacks has weights and moments.
        assertThat(bytes(muon, 1)).isEqualTo(4L * (3 * parameters + 2 * moments + work));
    }

    /** Worker 1 of two: of five micro-batches it has three. */
    private record Second() implements Collective {
        @Override
        public int rank() {
            return 1;
        }

        @Override
        public int size() {
            return 2;
        }

        @Override
        public double[][] gather(double... mine) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void broadcast(float[] values) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void scatter(float[] values) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void receive(int worker, float[] share) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void share(float[] values) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void whatWorkersExchangeIsCounted() {
        int parameters = 20 + 16 + 20;
        int state = 4 * parameters; // Weights, gradients and two moments.
        Trainer.Builder together = Trainer.builder().accumulate(5).collective(new Second());
        // Three gradients, their sum, the half of another one, and a parameter of each size.
        assertThat(MemoryCheck.modelBytes(together.config(), graph()))
                .isEqualTo(4L * (state + 4 * parameters + parameters / 2 + 20 + 16));
        together.localSteps(LocalSteps.defaults());
        int model = 2 * parameters; // With the velocity.
        int replicas = 3 * 4 * parameters; // Weights, gradients and moments.
        assertThat(MemoryCheck.modelBytes(together.config(), graph()))
                .isEqualTo(4L * (state + 4 * parameters + parameters / 2 + model + replicas));
        together.divergencePolicy(DivergencePolicy.rollBack(1));
        assertThat(MemoryCheck.modelBytes(together.config(), graph()))
                .isEqualTo(4L * (state + 4 * parameters + parameters / 2 + 2 * model + replicas + 3 * 3 * parameters));
        // A single replica is in the store, but for a copy of its weights.
        assertThat(MemoryCheck.modelBytes(
                        Trainer.builder().localSteps(LocalSteps.defaults()).config(), graph()))
                .isEqualTo(4L * (state + 3 * parameters + model + parameters));
    }
}
