package io.nanogpt.impl.train;

import io.nanogpt.data.Examples;
import io.nanogpt.data.Mixture;
import io.nanogpt.impl.data.Batches;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The batches of an evaluation of a split: random ones, or every example once. In a full evaluation of a mixture each
 * part counts in proportion to its weight, so that the mean is the expected mean of random batches.
 *
 * @param parts one, except in a full evaluation of a mixture
 * @param whole whether every example is evaluated once
 */
record EvaluatedSplit(List<Part> parts, boolean whole) {
    /** Batches, and the weight of their mean in the overall mean, in (0, 1]. */
    record Part(Batches batches, double share) {}

    static EvaluatedSplit random(Examples examples, Batches.Size size, long key) {
        return new EvaluatedSplit(List.of(new Part(Batches.random(examples, size, key), 1)), false);
    }

    static EvaluatedSplit whole(Examples examples, Batches.Size size) {
        if (!(examples instanceof Mixture mixture)) {
            return new EvaluatedSplit(List.of(new Part(Batches.once(examples, size), 1)), true);
        }
        double total =
                mixture.parts().stream().mapToDouble(Mixture.Part::weight).sum();
        return new EvaluatedSplit(
                mixture.parts().stream()
                        .map(part -> new Part(Batches.once(part.examples(), size), part.weight() / total))
                        .toList(),
                true);
    }

    /**
     * The number of batches of one evaluation.
     *
     * @param random the number if they are random
     */
    long count(int random) {
        return whole ? parts.stream().mapToLong(part -> part.batches().count()).sum() : random;
    }

    /** A fingerprint of the examples. */
    String fingerprint() {
        return parts.stream().map(part -> part.batches().cursor(0).data()).collect(Collectors.joining(" "));
    }
}
