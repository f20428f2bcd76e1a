package io.nanogpt.data;

import java.util.List;
import java.util.Objects;

/**
 * A weighted mixture of sets of examples: for every sequence of a batch, a part is drawn by weight, and an example of
 * it uniformly at random, whatever the order of the part. Immutable.
 *
 * @param parts the sets with their weights, at least one
 */
public record Mixture(List<Part> parts) implements Examples {
    /**
     * A set of examples with its weight.
     *
     * @param examples windows or records
     * @param weight above 0; weights need not add up to 1
     */
    public record Part(Examples examples, double weight) {
        public Part {
            Objects.requireNonNull(examples, "examples");
            if (examples instanceof Mixture) {
                throw new IllegalArgumentException(
                        "a part of a mixture must not be a mixture itself; name its parts with their weights instead");
            }
            if (!(weight > 0) || Double.isInfinite(weight)) {
                throw new IllegalArgumentException("a weight must be a number above 0, but is " + weight);
            }
        }
    }

    public Mixture {
        parts = List.copyOf(Objects.requireNonNull(parts, "parts"));
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("a mixture needs at least one part");
        }
    }

    /** Returns a mixture of two sets, with a share of the sequences from the first. */
    public static Mixture of(double share, Examples first, Examples second) {
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException("share must be in (0, 1), but is " + share);
        }
        return new Mixture(List.of(new Part(first, share), new Part(second, 1 - share)));
    }

    @Override
    public Kind kind() {
        return Kind.MIXTURE;
    }

    @Override
    public long tokens() {
        return parts.stream().mapToLong(part -> part.examples().tokens()).sum();
    }

    /** {@inheritDoc} Every part is sliced. */
    @Override
    public Mixture slice(double from, double to) {
        return new Mixture(parts.stream()
                .map(part -> new Part(part.examples().slice(from, to), part.weight()))
                .toList());
    }
}
