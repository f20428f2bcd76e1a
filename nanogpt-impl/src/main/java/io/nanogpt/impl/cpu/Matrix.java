package io.nanogpt.impl.cpu;

/**
 * A matrix in a part of an array: element (i, j) is at {@code offset + i * row + j * step}. Mutable, so that a thread reuses its
 * views and none is allocated in a step.
 */
public final class Matrix {
    private static final float[] NONE = new float[0];

    private float[] values = NONE;
    private int offset;
    private int row;
    private int step;

    /** Without elements; {@link #set} defines the view. */
    public Matrix() {}

    /** A view of rows whose elements are contiguous; a row stride of 0 repeats one row. */
    public Matrix set(float[] array, int first, int rowStride) {
        return set(array, first, rowStride, 1);
    }

    /** A view of rows {@code rowStride} floats apart, whose elements are {@code elementStride} floats apart. */
    public Matrix set(float[] array, int first, int rowStride, int elementStride) {
        values = array;
        offset = first;
        row = rowStride;
        step = elementStride;
        return this;
    }

    /** The array. */
    public float[] values() {
        return values;
    }

    /** The index of the first element. */
    public int offset() {
        return offset;
    }

    /** The distance between rows. */
    public int row() {
        return row;
    }

    /** The distance between the elements of a row. */
    public int step() {
        return step;
    }
}
