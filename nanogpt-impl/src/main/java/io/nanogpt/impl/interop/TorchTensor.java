package io.nanogpt.impl.interop;

import java.util.List;

/**
 * A tensor in PyTorch's pickles: a strided view of a storage.
 *
 * @param offset index of its first element in the storage
 * @param strides distance between consecutive indices of each axis, in elements
 */
record TorchTensor(Storage storage, long offset, List<Long> shape, List<Long> strides) {
    /** The most axes. No parameter has as many; a file can repeat one long shape in many tensors. */
    static final int MOST_AXES = 8;

    /**
     * A block of elements that several tensors may share.
     *
     * @param key name in the file
     * @param length in elements
     */
    record Storage(String key, ElementType type, long length) {}

    /**
     * Checks the tensor.
     *
     * @throws IllegalArgumentException if it does not lie within its storage
     */
    TorchTensor {
        requireRank(shape);
        requireRank(strides);
        shape = List.copyOf(shape);
        strides = List.copyOf(strides);
        if (shape.size() != strides.size()) {
            throw new IllegalArgumentException("it has " + shape.size() + " axes, but " + strides.size() + " strides");
        }
        if (offset < 0 || offset > storage.length() || span(shape, strides) > storage.length() - offset) {
            throw new IllegalArgumentException("with offset " + offset + ", shape " + shape + " and strides " + strides
                    + " it is not within its storage of " + storage.length() + " elements");
        }
    }

    /**
     * Checks the number of axes.
     *
     * @throws IllegalArgumentException if there are more than {@link #MOST_AXES}
     */
    static void requireRank(List<?> axes) {
        if (axes.size() > MOST_AXES) {
            throw new IllegalArgumentException(
                    "it has " + axes.size() + " axes, but a parameter has at most " + MOST_AXES);
        }
    }

    /** Number of storage elements from the first element of the tensor to its last. */
    long span() {
        return span(shape, strides);
    }

    private static long span(List<Long> shape, List<Long> strides) {
        long span = 1;
        for (int axis = 0; axis < shape.size(); axis++) {
            long size = shape.get(axis);
            long stride = strides.get(axis);
            if (size < 0 || stride < 0) {
                throw new IllegalArgumentException("shape " + shape + " or strides " + strides + " are negative");
            }
            if (size == 0) {
                return 0;
            }
            try {
                span = Math.addExact(span, Math.multiplyExact(size - 1, stride));
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("shape " + shape + " with strides " + strides + " is too large", e);
            }
        }
        return span;
    }

    /** The number of elements, or {@link Long#MAX_VALUE} if it overflows. */
    long elements() {
        long elements = 1;
        for (long size : shape) {
            if (size == 0) {
                return 0;
            }
            elements = elements > Long.MAX_VALUE / size ? Long.MAX_VALUE : elements * size;
        }
        return elements;
    }

    /** Gathers the tensor, row-major, from {@link #span()} elements of its storage. */
    float[] gather(float[] elements) {
        if (isRowMajor()) {
            return elements;
        }
        float[] values = new float[(int) elements()];
        int rank = shape.size();
        long[] index = new long[rank];
        int position = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = elements[position];
            for (int axis = rank - 1; axis >= 0; axis--) {
                int stride = (int) (long) strides.get(axis);
                position += stride;
                if (++index[axis] < shape.get(axis)) {
                    break;
                }
                position -= (int) (index[axis] * stride);
                index[axis] = 0;
            }
        }
        return values;
    }

    private boolean isRowMajor() {
        long expected = 1;
        for (int axis = shape.size() - 1; axis >= 0; axis--) {
            // The stride of an axis of size 1 is irrelevant.
            if (shape.get(axis) > 1 && strides.get(axis) != expected) {
                return false;
            }
            expected *= shape.get(axis);
        }
        return true;
    }
}
