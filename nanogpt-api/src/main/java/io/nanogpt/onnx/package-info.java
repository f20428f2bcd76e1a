/**
 * Models as ONNX files: {@link io.nanogpt.onnx.OnnxExportOptions} says how one is written, {@link io.nanogpt.onnx.OnnxOptions}
 * how ONNX Runtime runs it. Imports nothing of the library.
 */
@NullMarked
package io.nanogpt.onnx;

import org.jspecify.annotations.NullMarked;
