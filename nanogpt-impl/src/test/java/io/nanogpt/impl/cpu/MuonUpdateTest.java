package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.graph.Graph;
import io.nanogpt.impl.conformance.SampleRun;
import io.nanogpt.impl.cpu.scalar.ScalarKernels;
import io.nanogpt.impl.fakes.Models;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.Muon;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.ParameterSelector;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Matrices of sizes that fixtures do not have: several panels, several strips, and fewer rows than either. */
@Tag("any-jdk")
@Tag("kernels")
class MuonUpdateTest {
    private static final Muon FIVE = Muon.defaults().withIterations(Muon.Coefficients.POLAR_EXPRESS, 5);

    /** Those of this JVM, and the scalar ones if they are others. */
    private static List<Kernels> kernels() {
        Kernels provided = KernelsProvider.provided().kernels();
        return provided instanceof ScalarKernels ? List.of(provided) : List.of(provided, new ScalarKernels());
    }

    @ParameterizedTest
    @CsvSource({"80, 80", "300, 130", "130, 300", "128, 128", "5, 3", "1, 7", "7, 1"})
    void theUpdateIsThatOfTheFormula(int rows, int columns) {
        for (Muon rule : List.of(Muon.defaults(), FIVE, Muon.pytorch())) {
            for (Kernels kernels : kernels()) {
                float[] gradient = random(rows * columns, 1);
                float[][] state = {random(rows * columns, 2), gradient, new float[rows * columns]};
                float[] before = state[0].clone();
                try (ThreadTeam team = new ThreadTeam(2)) {
                    MuonStep.Target target = new MuonStep.Target(rule, state, 0, 0, rows, columns);
                    new MuonUpdate(List.of(target), team, kernels).run(1, 1);
                }
                double[][] u = orthogonal(rule, gradient, rows, columns);
                double decay = 1 - rule.learningRate() * rule.weightDecay();
                double rate = rule.learningRate() * rule.scale().factor(rows, columns);
                for (int i = 0; i < rows * columns; i++) {
                    double moved = (state[0][i] - decay * before[i]) / -rate;
                    assertThat(moved).as("element %d", i).isCloseTo(u[i / columns][i % columns], within(2e-3));
                }
            }
        }
    }

    /** In double precision, and without the squares of singular values. The first update is the gradient's. */
    private static double[][] orthogonal(Muon rule, float[] gradient, int rows, int columns) {
        double[][] x = new double[rows][columns];
        double sum = 0;
        for (float g : gradient) {
            sum += (double) g * g;
        }
        // The momentum is 0.05 g, and Nesterov's update 0.05 g + 0.95 times that.
        double first = 0.05 + 0.95 * 0.05;
        double divisor = rule.coefficients().divisor(first * Math.sqrt(sum));
        for (int i = 0; i < gradient.length; i++) {
            x[i / columns][i % columns] = first * gradient[i] / divisor;
        }
        for (int i = 0; i < rule.iterations(); i++) {
            double[][] s = multiply(x, transpose(x));
            double[][] s2x = multiply(s, multiply(s, x));
            double[][] sx = multiply(s, x);
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < columns; c++) {
                    x[r][c] = rule.coefficients().of(i, 0) * x[r][c]
                            + rule.coefficients().of(i, 1) * sx[r][c]
                            + rule.coefficients().of(i, 2) * s2x[r][c];
                }
            }
        }
        return x;
    }

    private static double[][] transpose(double[][] x) {
        double[][] result = new double[x[0].length][x.length];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x[0].length; j++) {
                result[j][i] = x[i][j];
            }
        }
        return result;
    }

    private static double[][] multiply(double[][] a, double[][] b) {
        double[][] result = new double[a.length][b[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int k = 0; k < b.length; k++) {
                for (int j = 0; j < b[0].length; j++) {
                    result[i][j] += a[i][k] * b[k][j];
                }
            }
        }
        return result;
    }

    private static float[] random(int n, long key) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = 0.02f * (float) CounterRandom.normal(key, i);
        }
        return values;
    }

    /** Whole matrices on each thread, and all threads on the rows of one. */
    @Test
    void noBitDependsOnTheNumberOfThreads() {
        Graph model = Models.captions(Models.captions(1, 2, 80, 8, 17), 0).graph();
        for (Muon rule : List.of(Muon.defaults(), FIVE.withNormalizedRows(true), Muon.pytorch())) {
            ParameterGroups groups = ParameterGroups.of(AdamW.defaults()).with(ParameterSelector.hidden(), rule);
            for (Kernels kernels : kernels()) {
                List<float[]> one = train(model, groups, kernels, 1);
                for (int threads = 2; threads <= 4; threads++) {
                    List<float[]> more = train(model, groups, kernels, threads);
                    for (int i = 0; i < one.size(); i++) {
                        assertThat(more.get(i)).isEqualTo(one.get(i));
                    }
                }
            }
        }
    }

    private static List<float[]> train(Graph model, ParameterGroups groups, Kernels kernels, int threads) {
        try (CpuBackend backend = CpuBackend.open(threads, kernels);
                SampleRun run = new SampleRun(backend, Gradients.training(model), 2, 8, 17)) {
            for (int step = 1; step <= 2; step++) {
                run.loss(step);
                run.parameters.update(groups, step, 1, 1);
            }
            return run.values();
        }
    }

    /** A run that is timed before its first step must not be changed by it. */
    @Test
    void nothingChangesWithoutRateAndGradient() {
        float[][] state = {random(12, 1), random(12, 2), new float[12], new float[4]};
        float[] before = state[0].clone();
        try (ThreadTeam team = new ThreadTeam(1)) {
            MuonStep.Target target = new MuonStep.Target(Muon.defaults().withNormalizedRows(true), state, 0, 0, 4, 3);
            new MuonUpdate(List.of(target), team, new ScalarKernels()).run(0, 0);
        }
        assertThat(state[0]).containsExactly(before);
        assertThat(state[2]).containsOnly(0);
        assertThat(state[3]).containsOnly(0);
    }
}
