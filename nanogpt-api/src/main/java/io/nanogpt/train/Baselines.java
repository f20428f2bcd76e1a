package io.nanogpt.train;

import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The losses of models without training beside those of a run, so that it shows what the network learned that counts do
 * not know: of guessing, and of n-gram models with interpolated, modified Kneser-Ney smoothing (Chen and Goodman 1998)
 * that were counted on the training split. They predict the same validation tokens in the same windows as the
 * evaluation of the final weights, and see no token before a window, so that their contexts are short at its start, as
 * the network's are.
 *
 * @param uniform the loss of guessing, the logarithm of the vocabulary size, in nats per token
 * @param ngrams the losses of the n-gram models by order, from 1, in nats per token; empty if nothing was counted
 * @param note why there are fewer orders than {@value #MOST_ORDERS}; empty if there are all
 */
public record Baselines(double uniform, List<Double> ngrams, String note) {
    /** The greatest order that is counted: contexts of seven tokens. */
    public static final int MOST_ORDERS = 8;

    public Baselines {
        ngrams = List.copyOf(ngrams);
        Objects.requireNonNull(note, "note");
    }

    /** Returns the loss of the frequencies of single tokens; empty if nothing was counted. */
    public OptionalDouble unigram() {
        return ngrams.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(ngrams.get(0));
    }

    /**
     * Returns the order of the lowest loss, the lower one of equals; empty if nothing was counted. The validation
     * tokens themselves choose it, in favour of the counts.
     */
    public OptionalInt bestOrder() {
        int best = 0;
        for (int index = 1; index < ngrams.size(); index++) {
            best = ngrams.get(index) < ngrams.get(best) ? index : best;
        }
        return ngrams.isEmpty() ? OptionalInt.empty() : OptionalInt.of(best + 1);
    }

    /** Returns the loss of the n-gram model of the best order; empty if nothing was counted. */
    public OptionalDouble ngram() {
        return ngrams.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(ngrams.get(bestOrder().getAsInt() - 1));
    }
}
