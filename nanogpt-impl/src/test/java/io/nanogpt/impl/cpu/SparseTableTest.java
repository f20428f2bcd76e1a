package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.conformance.SampleModels;
import io.nanogpt.impl.conformance.SampleRun;
import io.nanogpt.impl.fakes.MapParameters;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.spi.RowGradient;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.ParameterSelector;
import io.nanogpt.train.RowwiseAdagrad;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of the touched rows of a table, and what they become in a step. */
@Tag("kernels")
class SparseTableTest {
    private static final ParameterGroups ROWWISE =
            ParameterGroups.of(AdamW.defaults()).with(ParameterSelector.tables(), RowwiseAdagrad.defaults());

    static Stream<Arguments> models() {
        return KernelsUnderTest.all().stream()
                .flatMap(kernels -> Stream.of("n-gram tables", "projected n-gram tables")
                        .map(model -> Arguments.of(model, kernels)));
    }

    private static SampleRun run(String model, CpuBackend backend) {
        Graph graph = Gradients.training(SampleModels.all().get(model));
        return new SampleRun(backend, graph, SampleModels.BATCH, SampleModels.LENGTH, SampleModels.VOCABULARY);
    }

    @Test
    void rowsAreInTheOrderOfTheirAddition() {
        SparseRows rows = new SparseRows(10, 2);
        assertThat(rows.slot(7)).isNegative();
        assertThat(rows.add(7)).isZero();
        assertThat(rows.add(0)).isEqualTo(1);
        assertThat(rows.slot(7)).isZero();
        assertThat(rows.slot(0)).isEqualTo(1);
        assertThat(rows.slot(1)).isNegative();
        System.arraycopy(new float[] {0, 1, 2, 3}, 0, rows.values(), 0, 4);
        float[] table = new float[20];
        Arrays.fill(table, -1);
        rows.copyTo(table);
        assertThat(table).containsExactly(2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0);
        rows.clear();
        assertThat(rows.slot(7)).isNegative();
        assertThat(rows.slot(0)).isNegative();
        assertThat(rows.add(3)).isZero();
        assertThat(rows.slot(7)).isNegative();
    }

    @ParameterizedTest
    @MethodSource("models")
    void weightsDoNotDependOnThreads(String model, Kernels kernels) {
        List<float[]> one = train(model, kernels, 1);
        for (int threads = 2; threads <= 3; threads++) {
            List<float[]> more = train(model, kernels, threads);
            for (int i = 0; i < one.size(); i++) {
                assertThat(more.get(i)).containsExactly(one.get(i));
            }
        }
    }

    /** Steps of two batches each, with their gradients accumulated. */
    private static List<float[]> train(String model, Kernels kernels, int threads) {
        try (CpuBackend backend = CpuBackend.open(threads, kernels);
                SampleRun run = run(model, backend)) {
            for (int step = 1; step <= 4; step++) {
                run.loss(step);
                run.parameters.accumulateGradients(0.5f);
                int shift = step;
                int[] others = new int[SampleModels.BATCH * SampleModels.LENGTH];
                Arrays.setAll(others, i -> (i * 7 + shift) % SampleModels.VOCABULARY);
                run.executable.input(Graph.TOKENS, others);
                run.loss(step);
                run.parameters.mergeAccumulatedGradients(0.5f);
                run.parameters.update(ROWWISE, step, 1, 1 / Math.max(1, run.parameters.gradientNorm()));
            }
            List<float[]> all = new ArrayList<>(run.values());
            all.addAll(run.gradients());
            return all;
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void rowsWithoutAGradientStay(String model, Kernels kernels) {
        try (CpuBackend backend = CpuBackend.open(2, kernels);
                SampleRun run = run(model, backend)) {
            run.loss(1);
            List<float[]> before = run.values();
            List<float[]> gradients = run.gradients();
            run.parameters.update(ROWWISE, 1, 1, 1);
            List<float[]> after = run.values();
            int moved = 0;
            int stayed = 0;
            for (int p = 0; p < before.size(); p++) {
                if (run.parameters.specs().get(p).role() == ParameterSpec.Role.TABLE) {
                    for (int i = 0; i < before.get(p).length; i++) {
                        if (gradients.get(p)[i] == 0) {
                            assertThat(after.get(p)[i]).isEqualTo(before.get(p)[i]);
                            stayed++;
                        } else {
                            moved++;
                        }
                    }
                }
            }
            assertThat(moved).isPositive();
            assertThat(stayed).isPositive();
        }
    }

    /** As workers do that compute a step together; a table has no gradient that could be set. */
    @Test
    void theGradientOfAnyOtherParameterCanBeSet() {
        try (CpuBackend backend = CpuBackend.open(1)) {
            ParameterStore store =
                    backend.allocate(SampleModels.all().get("n-gram tables").parameters());
            double squares = 0;
            for (ParameterSpec spec : store.trained()) {
                float[] gradient = new float[spec.elements()];
                Arrays.fill(gradient, spec.elements());
                if (spec.role() == ParameterSpec.Role.TABLE) {
                    assertThatThrownBy(() -> store.writeGradient(spec.name(), gradient))
                            .isInstanceOf(UnsupportedOperationException.class)
                            .hasMessageContainingAll(spec.name(), "rows of a batch");
                    continue;
                }
                store.writeGradient(spec.name(), gradient);
                squares += Math.pow(spec.elements(), 3);
            }
            for (ParameterSpec spec : store.trained()) {
                float[] gradient = new float[spec.elements()];
                store.readGradient(spec.name(), gradient);
                assertThat(gradient).containsOnly(spec.role() == ParameterSpec.Role.TABLE ? 0 : spec.elements());
            }
            assertThat(store.gradientNorm()).isCloseTo(Math.sqrt(squares), within(1e-9 * squares));
        }
    }

    /** In a store that keeps rows, and in one that keeps whole gradients. */
    @Test
    void theGradientOfATableCanBeSetByRows() {
        List<ParameterSpec> specs = SampleModels.all().get("n-gram tables").parameters();
        ParameterSpec table = specs.stream()
                .filter(spec -> spec.role() == ParameterSpec.Role.TABLE)
                .findFirst()
                .orElseThrow();
        int width = table.shape().size(1);
        float[] values = new float[2 * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = i + 1;
        }
        try (CpuBackend backend = CpuBackend.open(1)) {
            for (ParameterStore store : List.of(backend.allocate(specs), new MapParameters(specs))) {
                store.writeRowGradient(table.name(), new RowGradient(new int[] {1, 3}, values));
                float[] all = new float[table.elements()];
                store.readGradient(table.name(), all);
                assertThat(Arrays.copyOfRange(all, width, 2 * width)).containsExactly(Arrays.copyOf(values, width));
                assertThat(Arrays.copyOfRange(all, 3 * width, 4 * width))
                        .containsExactly(Arrays.copyOfRange(values, width, 2 * width));
                assertThat(Arrays.copyOfRange(all, 2 * width, 3 * width)).containsOnly(0);
                RowGradient read = store.readRowGradient(table.name());
                assertThat(read.rows()).containsExactly(1, 3);
                assertThat(read.values()).containsExactly(values);
            }
        }
        assertThatThrownBy(() -> new RowGradient(new int[] {1, 3}, new float[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("2 rows", "3");
    }
}
