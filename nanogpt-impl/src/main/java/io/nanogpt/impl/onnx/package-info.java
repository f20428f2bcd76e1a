/**
 * Graphs as ONNX files, and ONNX Runtime as a backend. Writing starts at {@link io.nanogpt.impl.onnx.OnnxExporter}, what
 * each operation becomes stands in {@code Operators}, the file format in {@code ModelFile}; running starts at
 * {@link io.nanogpt.impl.onnx.OnnxBackend}. Imports {@code files} and {@code graph}. ONNX Runtime is an optional
 * dependency: what names its classes is loaded with {@code OnnxSession}, after {@code OnnxBackend} has looked for it.
 */
@NullMarked
package io.nanogpt.impl.onnx;

import org.jspecify.annotations.NullMarked;
