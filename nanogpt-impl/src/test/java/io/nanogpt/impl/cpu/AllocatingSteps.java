package io.nanogpt.impl.cpu;

import com.sun.management.ThreadMXBean;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.fakes.Models;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.model.NgramTables;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.Muon;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.ParameterSelector;
import io.nanogpt.train.RowwiseAdagrad;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/** Trains a small caption GPT on one thread and prints the bytes that a step allocates once it is compiled. */
final class AllocatingSteps {
    /** All kernels are compiled after 700, in JVMs of Java 17 and 25 at two widths. */
    private static final int WARM_UP = 900;

    /** Enough that what the run allocates once is little of each step. */
    private static final int MEASURED = 300;

    private static final int BATCH = 4;
    private static final int CONTEXT = 37;
    private static final int VOCABULARY = 109;

    private AllocatingSteps() {}

    public static void main(String[] arguments) {
        Graph model = Models.captions(
                        Models.captions(2, 2, 64, CONTEXT, VOCABULARY).ngramTables(NgramTables.of(5_000, 2, 3, 5)), 0)
                .graph();
        try (CpuBackend backend = CpuBackend.open(1)) {
            ParameterStore parameters = backend.allocate(model.parameters());
            for (ParameterSpec spec : parameters.specs()) {
                float[] values = new float[spec.elements()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = 0.02f * (i * 31 % 17 - 8);
                }
                parameters.write(spec.name(), values);
            }
            Executable step = backend.compile(Gradients.training(model), parameters, BATCH, CONTEXT);
            int[] ids = new int[BATCH * CONTEXT];
            Arrays.setAll(ids, i -> i * 13 % VOCABULARY);
            step.input(Graph.TOKENS, ids);
            step.input(Graph.TARGETS, ids);
            run(step, parameters, 1, WARM_UP);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            run(step, parameters, WARM_UP + 1, WARM_UP + MEASURED);
            System.out.println((threads.getCurrentThreadAllocatedBytes() - before) / MEASURED);
        }
    }

    private static void run(Executable step, ParameterStore parameters, int from, int to) {
        ParameterGroups groups = ParameterGroups.of(AdamW.defaults().withLearningRate(1e-4))
                .with(ParameterSelector.hidden().withName("*.attn.*"), Muon.defaults())
                .with(ParameterSelector.hidden(), Muon.defaults().withNormalizedRows(true))
                .with(ParameterSelector.tables(), RowwiseAdagrad.defaults());
        for (int i = from; i <= to; i++) {
            step.run(i);
            parameters.update(groups, i, 1, 1);
        }
    }
}
