package io.nanogpt.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The axes of a tensor, outermost first; an empty list is a scalar. */
public record Shape(List<Dimension> dimensions) {
    /** A single number. */
    public static final Shape SCALAR = new Shape(List.of());

    public Shape {
        dimensions = List.copyOf(dimensions);
    }

    /** Returns a shape of fixed sizes, as of a parameter. */
    public static Shape of(int... sizes) {
        List<Dimension> dimensions = new ArrayList<>(sizes.length);
        for (int size : sizes) {
            dimensions.add(new Dimension.Fixed(size));
        }
        return new Shape(dimensions);
    }

    /** Returns {@code (batch, sequence)}, the shape of token ids. */
    public static Shape tokens() {
        return new Shape(List.of(Dimension.BATCH, Dimension.SEQUENCE));
    }

    /** Returns {@code (batch, sequence, features)}, the shape of activations. */
    public static Shape activations(int features) {
        return new Shape(List.of(Dimension.BATCH, Dimension.SEQUENCE, new Dimension.Fixed(features)));
    }

    /** Returns the number of axes. */
    public int rank() {
        return dimensions.size();
    }

    /** Whether every axis has a fixed size. */
    public boolean isFixed() {
        return dimensions.stream().allMatch(Dimension.Fixed.class::isInstance);
    }

    /**
     * Returns the size of a fixed axis.
     *
     * @throws IllegalStateException if the axis is named
     */
    public int size(int axis) {
        if (dimensions.get(axis) instanceof Dimension.Fixed fixed) {
            return fixed.size();
        }
        throw new IllegalStateException("axis " + axis + " of " + this + " has no fixed size");
    }

    /** Returns the size of the innermost axis, which is fixed for parameters and activations. */
    public int features() {
        return size(rank() - 1);
    }

    /**
     * Returns the number of elements of a fixed shape.
     *
     * @throws IllegalStateException if an axis is named
     */
    public long elements() {
        long elements = 1;
        for (int axis = 0; axis < rank(); axis++) {
            elements = Math.multiplyExact(elements, size(axis));
        }
        return elements;
    }

    /** Returns the sizes of a fixed shape. */
    public int[] sizes() {
        int[] sizes = new int[rank()];
        for (int axis = 0; axis < sizes.length; axis++) {
            sizes[axis] = size(axis);
        }
        return sizes;
    }

    @Override
    public String toString() {
        return dimensions.stream().map(Dimension::toString).collect(Collectors.joining(", ", "(", ")"));
    }
}
