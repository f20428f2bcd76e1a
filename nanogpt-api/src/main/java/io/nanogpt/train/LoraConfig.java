package io.nanogpt.train;

import java.util.List;

/**
 * Low-rank adapters (LoRA, Hu et al. 2021): the weight W of a linear layer is frozen, and {@code scale B A} is added to it,
 * of which A {@code (rank, inputs)} and B {@code (outputs, rank)} are trained. A begins uniform within 1 / sqrt(inputs), B
 * with zeros. Only A and B have gradients and moments. Immutable.
 *
 * @param rank of the adapters, at least 1
 * @param alpha the scale times the rank; twice the rank by default
 * @param dropout share of the inputs of A that is dropped in training, in [0, 1); 0 by default
 * @param targets names of linear layers, as in PEFT: each selects those whose name, of transformers or of this library, is
 *     it or ends with a dot and it, such as {@code q_proj}; by default none, for all but the head
 * @param rankStabilized whether the scale is alpha / sqrt(rank) (Kalajdzievski 2023) in place of alpha / rank; false by
 *     default
 */
public record LoraConfig(int rank, double alpha, double dropout, List<String> targets, boolean rankStabilized) {
    public LoraConfig {
        targets = List.copyOf(targets);
        if (rank < 1) {
            throw new IllegalArgumentException("the rank of adapters must be at least 1, but is " + rank);
        }
        if (!(alpha > 0) || Double.isInfinite(alpha)) {
            throw new IllegalArgumentException("the alpha of adapters must be a number above 0, but is " + alpha);
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException(
                    "the dropout of adapters must be at least 0 and below 1, but is " + dropout);
        }
        if (targets.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("a target of adapters is the name of a linear layer, but one is blank");
        }
    }

    /** Returns adapters of a rank for all linear layers but the head, without dropout, with twice the rank as alpha. */
    public static LoraConfig rank(int rank) {
        return new LoraConfig(rank, 2.0 * rank, 0, List.of(), false);
    }

    /** Returns a copy with this alpha. */
    public LoraConfig withAlpha(double value) {
        return new LoraConfig(rank, value, dropout, targets, rankStabilized);
    }

    /** Returns a copy with this dropout. */
    public LoraConfig withDropout(double value) {
        return new LoraConfig(rank, alpha, value, targets, rankStabilized);
    }

    /** Returns a copy for the linear layers of these names. */
    public LoraConfig withTargets(String... names) {
        return new LoraConfig(rank, alpha, dropout, List.of(names), rankStabilized);
    }

    /** Returns a copy with or without the scale alpha / sqrt(rank). */
    public LoraConfig withRankStabilized(boolean value) {
        return new LoraConfig(rank, alpha, dropout, targets, value);
    }

    /** Returns the factor of B A. */
    public double scale() {
        return alpha / (rankStabilized ? Math.sqrt(rank) : rank);
    }
}
