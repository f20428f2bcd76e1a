package io.nanogpt.graph;

import java.util.List;
import java.util.Objects;

/**
 * A parameter: its name in checkpoints, its fixed shape, its initial distribution and what a graph uses it for.
 *
 * @param name unique within a model, for example {@code blocks.0.attn.qkv.weight}
 * @param shape fixed sizes, with fewer than 2<sup>31</sup> elements in total
 * @param initializer the initial distribution
 * @param role what the parameter is used for; {@link Graph#parameters} finds it from the operations that read it
 * @param matrixRows the rows of each matrix that is stacked along the first axis, for example of queries, keys and
 *     values in one weight; the number of rows alone for any other matrix, and empty unless there are two axes
 * @param frozen whether training leaves it as it is: it then has no gradient, and optimizers keep nothing for it
 */
public record ParameterSpec(
        String name, Shape shape, Initializer initializer, Role role, List<Integer> matrixRows, boolean frozen) {
    /** What a parameter is used for: optimizers often treat these differently. */
    public enum Role {
        /** A table of which tokens or positions look up rows, including one that is also the head. */
        EMBEDDING,
        /** A table of which n-grams look up rows: a batch has a gradient for few of them. */
        TABLE,
        /** A matrix within the model: the weight of a linear or recurrent layer. */
        HIDDEN,
        /** The weight of the linear layer that gives the logits. */
        HEAD,
        /** Everything else: biases, the weights of norms and convolutions, single numbers. */
        VECTOR
    }

    public ParameterSpec {
        Objects.requireNonNull(initializer, "initializer");
        Objects.requireNonNull(role, "role");
        matrixRows = List.copyOf(matrixRows);
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
        int rows = matrixRows.stream().mapToInt(Integer::intValue).sum();
        if (rows != (shape.rank() == 2 ? shape.size(0) : 0)) {
            throw new IllegalArgumentException(
                    "parameter " + name + " of shape " + shape + " cannot have matrices of " + matrixRows + " rows");
        }
    }

    /** Creates a specification whose role follows from the shape: hidden with two axes, otherwise a vector. */
    public ParameterSpec(String name, Shape shape, Initializer initializer) {
        this(
                name,
                shape,
                initializer,
                shape.rank() == 2 ? Role.HIDDEN : Role.VECTOR,
                shape.rank() == 2 && shape.isFixed() ? List.of(shape.size(0)) : List.of(),
                false);
    }

    /** Returns a copy that training leaves as it is. */
    public ParameterSpec asFrozen() {
        return new ParameterSpec(name, shape, initializer, role, matrixRows, true);
    }

    /** Returns a copy with this role. */
    public ParameterSpec withRole(Role value) {
        return new ParameterSpec(name, shape, initializer, value, matrixRows, frozen);
    }

    /** Returns a copy with stacked matrices of these numbers of rows. */
    public ParameterSpec withMatrixRows(List<Integer> value) {
        return new ParameterSpec(name, shape, initializer, role, value, frozen);
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
