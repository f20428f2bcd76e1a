/**
 * Options of the export to ONNX and of ONNX Runtime. Start at {@link io.nanogpt.onnx.OnnxExportOptions}, then
 * {@link io.nanogpt.onnx.OnnxOptions}. Imports nothing of the library.
 *
 * <pre>{@code
 * OnnxExportOptions options = OnnxExportOptions.portable().withQuantization(Quantization.int8());
 * OnnxReport report = model.exportOnnx(Path.of("model-onnx"), options.withValidation("a held-out text"));
 * System.out.println(report.before().bytes() + " bytes before, " + report.after().bytes() + " after");
 * LanguageModel exported = LanguageModel.loadOnnx(Path.of("model-onnx"), OnnxOptions.cuda().orCpu());
 * }</pre>
 */
@NullMarked
package io.nanogpt.onnx;

import org.jspecify.annotations.NullMarked;
