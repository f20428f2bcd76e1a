package io.nanogpt.impl.onnx;

import io.nanogpt.onnx.OnnxExportOptions;
import java.util.List;
import java.util.function.Supplier;

/** A storage format of matrices, and the operators that compute with it. */
interface MatrixFormat {
    /** {@code x W^T} for x {@code (..., K)} and W {@code (N, K)}. */
    String multiply(OnnxGraph onnx, String x, Matrix weight, String result);

    /** {@code x W^T + b}, for a bias {@code (N)} that is a value of the graph. */
    default String multiplyAndAdd(OnnxGraph onnx, String x, Matrix weight, String bias, String result) {
        return onnx.add("Add", result, List.of(multiply(onnx, x, weight, result + "/product"), bias));
    }

    /** Whether {@link #multiplyAndAdd} is a single operator. */
    default boolean biasIsInside() {
        return false;
    }

    /** Gathers rows of a table {@code (V, D)} by id. */
    String rows(OnnxGraph onnx, Matrix table, String ids, String result);

    /** The matrix as 32-bit floats, for operators that contain the product. */
    String floats(OnnxGraph onnx, Matrix matrix, String result);

    /** The format that the options select. */
    static MatrixFormat of(OnnxExportOptions options) {
        boolean contrib = options.flavour() != OnnxExportOptions.Flavour.PORTABLE;
        int block = options.quantization().block();
        return switch (options.quantization().kind()) {
            case NONE -> new Float32Format();
            case FLOAT16 -> new Float16Format();
            case INT8 -> contrib ? new BlockQuantizedFormat(8, block) : new PerChannelInt8Format();
            case INT4 -> contrib ? new BlockQuantizedFormat(4, block) : new DequantizedFormat(block);
        };
    }

    /**
     * A matrix among the parameters.
     *
     * @param values row-major; read anew at every call, so that weights are not in memory longer than it takes to write
     *     them
     * @param isTable whether rows are gathered by id
     */
    record Matrix(String name, int rows, int columns, boolean isTable, Supplier<float[]> values) {}
}
