package io.nanogpt.impl.onnx;

import java.util.function.Supplier;

/**
 * A matrix among the parameters.
 *
 * @param values row-major; read anew at every call, so that weights are not in memory longer than it takes to write them
 * @param isTable whether something reads its rows by number
 */
record Matrix(String name, int rows, int columns, boolean isTable, Supplier<float[]> values) {}
