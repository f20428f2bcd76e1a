package io.nanogpt.graph;

import java.util.Objects;

/**
 * A trained parameter: its name in checkpoints, its fixed shape and its initial distribution.
 *
 * @param name unique within a model, for example {@code blocks.0.attn.qkv.weight}
 * @param shape fixed sizes, with fewer than 2<sup>31</sup> elements in total
 * @param initializer the initial distribution
 */
public record ParameterSpec(String name, Shape shape, Initializer initializer) {
    public ParameterSpec {
        Objects.requireNonNull(initializer, "initializer");
        if (name.isBlank()) {
            throw new IllegalArgumentException("a parameter needs a name");
        }
        if (!shape.isFixed()) {
            throw new IllegalArgumentException("parameter " + name + " needs a fixed shape, but has " + shape);
        }
        if (count(shape) > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("parameter " + name + " of shape " + shape + " has more than the "
                    + Integer.MAX_VALUE + " elements that an array can hold; make the model smaller");
        }
    }

    private static long count(Shape shape) {
        long count = 1;
        for (int size : shape.sizes()) {
            count = Math.min(Integer.MAX_VALUE + 1L, count * size);
        }
        return count;
    }

    /** Returns the number of elements. */
    public int elements() {
        return Math.toIntExact(shape.elements());
    }

    /** Whether this is a matrix (two or more axes), to which weight decay is often restricted. */
    public boolean isMatrix() {
        return shape.rank() >= 2;
    }
}
