package io.nanogpt.impl.runtime;

import io.nanogpt.NanogptInterruptedException;
import io.nanogpt.data.Windows;
import io.nanogpt.generate.Evaluation;
import io.nanogpt.graph.Graph;
import io.nanogpt.impl.data.Batches;
import io.nanogpt.impl.data.TokenIds;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.impl.random.RandomStream;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import java.util.LinkedHashMap;
import java.util.Map;

/** Evaluates a model's loss on texts. Synchronized, because only one executable of a store may run at a time. */
final class LossEvaluator implements AutoCloseable {
    /** Sequences per batch, as in the caption notebook. */
    private static final int BATCH = 12;
    /** Cached executables: of full batches, and of the remainders of a text that is evaluated repeatedly. */
    private static final int KEPT = 4;

    private final Graph graph;
    private final int contextLength;
    private final int vocabularySize;
    private final Backend backend;
    private final ParameterStore parameters;
    private final Map<Size, Executable> executables = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Size, Executable> eldest) {
            boolean tooMany = size() > KEPT;
            if (tooMany) {
                eldest.getValue().close();
            }
            return tooMany;
        }
    };

    LossEvaluator(Architecture architecture, Backend backend, ParameterStore parameters) {
        graph = Gradients.loss(architecture.graph());
        contextLength = architecture.contextLength();
        vocabularySize = architecture.vocabularySize();
        this.backend = backend;
        this.parameters = parameters;
    }

    /** Returns the loss over every token but the first, in consecutive windows. */
    synchronized Evaluation measure(int[] ids) {
        long predicted = ids.length - 1L;
        if (predicted < 1) {
            throw new IllegalArgumentException("the text has " + ids.length
                    + " tokens, but an evaluation predicts every token but the first; give at least two");
        }
        double sum = 0;
        int from = 0;
        while (from < predicted) {
            long windows = (predicted - from) / contextLength;
            int batch = (int) Math.max(1, Math.min(BATCH, windows));
            int sequence = (int) Math.min(contextLength, predicted - from);
            int count = batch * sequence;
            // The windows are consecutive, so a batch is one range of the text.
            int[] inputs = new int[count];
            int[] targets = new int[count];
            System.arraycopy(ids, from, inputs, 0, count);
            System.arraycopy(ids, from + 1, targets, 0, count);
            sum += count * loss(new Size(batch, sequence), inputs, targets);
            from += count;
        }
        return new Evaluation(sum / predicted, predicted);
    }

    /** Returns the mean loss over random windows. */
    synchronized Evaluation measure(int[] ids, int batches, long seed) {
        if (batches < 1) {
            throw new IllegalArgumentException("the number of batches must be at least 1, but is " + batches);
        }
        if (ids.length <= contextLength) {
            throw new IllegalArgumentException("the text has " + ids.length + " tokens, but a random window of context "
                    + contextLength + " needs at least " + (contextLength + 1)
                    + "; give more text, or evaluate it whole");
        }
        Batches random = Batches.random(
                Windows.of(TokenIds.of(ids, vocabularySize)),
                new Batches.Size(BATCH, contextLength, vocabularySize),
                RandomStream.TEXT_EVALUATION.key(seed));
        int[] inputs = new int[BATCH * contextLength];
        int[] targets = new int[BATCH * contextLength];
        double sum = 0;
        for (int index = 0; index < batches; index++) {
            random.fill(index, inputs, targets);
            sum += loss(new Size(BATCH, contextLength), inputs, targets);
        }
        return new Evaluation(sum / batches, (long) batches * inputs.length);
    }

    @Override
    public synchronized void close() {
        executables.values().forEach(Executable::close);
        executables.clear();
    }

    private double loss(Size size, int[] inputs, int[] targets) {
        NanogptInterruptedException.check("the evaluation");
        Executable executable = executables.computeIfAbsent(
                size, missing -> backend.compile(graph, parameters, missing.batch(), missing.sequence()));
        executable.input(Graph.TOKENS, inputs);
        executable.input(Graph.TARGETS, targets);
        executable.run(0); // An inference graph has no dropout, so the key is unused.
        return executable.scalar(Graph.LOSS);
    }

    /** The input size of an executable. */
    private record Size(int batch, int sequence) {}
}
