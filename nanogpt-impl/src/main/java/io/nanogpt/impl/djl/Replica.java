package io.nanogpt.impl.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The flat arrays of one model on one device, created lazily; only trained parameters have gradients and moments. */
final class Replica {
    /** Indices of the flat arrays: weights, gradients, the two moments and accumulated gradients. */
    static final int VALUES = 0;

    static final int GRADIENTS = 1;
    static final int MEANS = 2;
    static final int SQUARES = 3;
    static final int ACCUMULATED = 4;

    private final NDManager manager;
    private final ParameterLayout layout;
    private final List<@Nullable NDArray> arrays = new ArrayList<>();

    Replica(NDManager manager, ParameterLayout layout) {
        this.manager = manager;
        this.layout = layout;
        for (int i = VALUES; i <= ACCUMULATED; i++) {
            arrays.add(null);
        }
    }

    /** A flat array, initially zero. */
    NDArray array(int place) {
        NDArray array = arrays.get(place);
        if (array == null) {
            long elements = place == VALUES ? layout.elements() : layout.trained();
            array = manager.zeros(new Shape(elements), DataType.FLOAT32);
            arrays.set(place, array);
        }
        return array;
    }

    boolean has(int place) {
        return arrays.get(place) != null;
    }

    NDManager manager() {
        return manager;
    }
}
