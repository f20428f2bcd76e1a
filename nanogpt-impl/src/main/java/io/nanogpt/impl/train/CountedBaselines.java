package io.nanogpt.impl.train;

import io.nanogpt.data.Examples;
import io.nanogpt.impl.data.Batches;
import io.nanogpt.impl.data.TrainingText;
import io.nanogpt.impl.ngram.NgramCounter;
import io.nanogpt.impl.ngram.NgramLevel;
import io.nanogpt.impl.ngram.NgramLosses;
import io.nanogpt.impl.ngram.NgramModel;
import io.nanogpt.train.Baselines;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Counts the training split, and evaluates the counts on the batches of an evaluation of the network. */
final class CountedBaselines {
    /** Larger training splits are not counted: it would take too long beside the run. */
    private static final long MOST_TOKENS = 1 << 24;
    /** Longer n-grams are not counted above this number of distinct ones. */
    private static final long MOST_NGRAMS = 1 << 23;
    /** Working memory of counting. */
    private static final int BYTES_PER_TOKEN = 20;

    private static final int BYTES_PER_NGRAM = 50;

    private final Examples train;
    private final EvaluatedSplit validation;
    private final int batches;
    private final Batches.Size size;

    /**
     * Prepares the evaluation.
     *
     * @param batches the number of batches of the validation split, if they are random
     */
    CountedBaselines(Examples train, EvaluatedSplit validation, int batches) {
        this.train = train;
        this.validation = validation;
        this.batches = batches;
        size = validation.parts().get(0).batches().size();
    }

    /** The losses on the tokens of the evaluation at a step. */
    Baselines at(int step) {
        double uniform = Math.log(size.vocabulary());
        if (Thread.currentThread().isInterrupted()) {
            return new Baselines(uniform, List.of(), "nothing was counted, because the run was interrupted");
        }
        if (train.tokens() > MOST_TOKENS) {
            return new Baselines(
                    uniform,
                    List.of(),
                    "nothing was counted, because the training split has " + train.tokens() + " tokens; up to "
                            + MOST_TOKENS + " are counted");
        }
        Runtime runtime = Runtime.getRuntime();
        long available = runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory());
        long most = Math.min(MOST_NGRAMS, (available / 2 - BYTES_PER_TOKEN * train.tokens()) / BYTES_PER_NGRAM);
        if (most < size.vocabulary()) {
            return new Baselines(
                    uniform, List.of(), "nothing was counted, because it would take more memory than Java has left");
        }
        List<NgramLevel> levels =
                NgramCounter.count(TrainingText.of(train, size), size.vocabulary(), Baselines.MOST_ORDERS, most);
        NgramModel model = new NgramModel(size.vocabulary(), levels);
        String note = model.order() == Baselines.MOST_ORDERS
                ? ""
                : "no order above " + model.order() + " was counted, because it has more than " + most
                        + " distinct n-grams";
        return new Baselines(uniform, losses(model, step), note);
    }

    private List<Double> losses(NgramModel model, int step) {
        double[] losses = new double[model.order()];
        NgramLosses sums = new NgramLosses(model);
        for (EvaluatedSplit.Part part : validation.parts()) {
            double[] mean = validation.whole() ? whole(part.batches(), sums) : random(part.batches(), sums, step);
            for (int i = 0; i < losses.length; i++) {
                losses[i] += part.share() * mean[i];
            }
        }
        List<Double> result = new ArrayList<>();
        Arrays.stream(losses).forEach(result::add);
        return result;
    }

    /** The means over the targets of all batches, as {@link Evaluator} takes them. */
    private double[] whole(Batches split, NgramLosses sums) {
        sums.reset();
        for (long index = 0; index < split.count(); index++) {
            add(split, index, sums);
        }
        return means(sums);
    }

    /** The means over batches of the means over their targets, as {@link Evaluator} takes them. */
    private double[] random(Batches split, NgramLosses sums, int step) {
        double[] mean = new double[sums.orders()];
        for (int done = 0; done < batches; done++) {
            sums.reset();
            add(split, (long) step * batches + done, sums);
            double[] ofBatch = means(sums);
            for (int i = 0; i < mean.length; i++) {
                mean[i] += ofBatch[i] / batches;
            }
        }
        return mean;
    }

    private void add(Batches split, long index, NgramLosses sums) {
        int[] inputs = new int[size.tokens()];
        int[] targets = new int[size.tokens()];
        split.fill(index, inputs, targets);
        for (int row = 0; row < size.batch(); row++) {
            sums.add(inputs, targets, row * size.context(), size.context());
        }
    }

    private static double[] means(NgramLosses sums) {
        double[] means = new double[sums.orders()];
        for (int i = 0; i < means.length; i++) {
            means[i] = sums.sum(i + 1) / sums.count();
        }
        return means;
    }
}
