package io.nanogpt.impl.onnx;

import io.nanogpt.onnx.OnnxExportOptions;
import java.util.List;
import java.util.function.Supplier;

/** How matrices are stored, and the operators that compute with what is stored. */
interface MatrixFormat {
    /** {@code x W^T} for x {@code (..., K)} and W {@code (N, K)}. */
    String multiply(OnnxGraph onnx, String x, Matrix weight, String result);

    /** {@code x W^T + b}, for a bias {@code (N)} that is a value of the graph. */
    default String multiplyAndAdd(OnnxGraph onnx, String x, Matrix weight, String bias, String result) {
        return onnx.add("Add", result, List.of(multiply(onnx, x, weight, result + "/product"), bias));
    }

    /** Whether a bias is added where the product is computed, and not by an operator of its own. */
    default boolean biasIsInside() {
        return false;
    }

    /** The rows of a table {@code (V, D)} with these numbers. */
    String rows(OnnxGraph onnx, Matrix table, String ids, String result);

    /** The matrix itself as 32-bit floats, for operators that multiply by it inside. */
    String floats(OnnxGraph onnx, Matrix matrix, String result);

    /** The format that an export asks for. */
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
     * @param values row-major; read anew at every call, so that weights are not in memory longer than it takes to write them
     * @param isTable whether something reads its rows by number
     */
    record Matrix(String name, int rows, int columns, boolean isTable, Supplier<float[]> values) {}
}
