package io.nanogpt.graph;

import java.util.Objects;

/**
 * A trained array: its name in checkpoints, its fixed shape and how it starts.
 *
 * @param name unique within a model, for example {@code blocks.0.attn.qkv.weight}
 * @param shape fixed sizes
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
    }

    /** The number of elements. */
    public int elements() {
        return Math.toIntExact(shape.elements());
    }

    /** Whether this is a matrix (two axes or more), which weight decay is often restricted to. */
    public boolean isMatrix() {
        return shape.rank() >= 2;
    }
}
