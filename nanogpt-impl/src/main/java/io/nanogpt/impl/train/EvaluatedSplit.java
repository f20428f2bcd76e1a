package io.nanogpt.impl.train;

import io.nanogpt.data.Examples;
import io.nanogpt.data.Mixture;
import io.nanogpt.impl.data.Batches;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What an evaluation of a split takes: random batches, or every example once. Of a mixture that is taken whole, every
 * part counts as much as its weight says, so that the mean is what random batches come to in the long run.
 *
 * @param parts one, but for a mixture that is taken whole
 * @param whole whether every example is taken once
 */
record EvaluatedSplit(List<Part> parts, boolean whole) {
    /** Batches, and what their mean counts in the mean of all, in (0, 1]. */
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
     * Batches of one evaluation.
     *
     * @param random how many there are where they are random
     */
    long count(int random) {
        return whole ? parts.stream().mapToLong(part -> part.batches().count()).sum() : random;
    }

    /** Tells the examples from others. */
    String fingerprint() {
        return parts.stream().map(part -> part.batches().cursor(0).data()).collect(Collectors.joining(" "));
    }
}
