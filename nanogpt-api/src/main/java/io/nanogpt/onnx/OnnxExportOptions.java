package io.nanogpt.onnx;

import java.util.Objects;
import java.util.Optional;

/**
 * How a model is written as ONNX. Immutable: each method returns a new one.
 *
 * @param flavour the operators of the graph
 * @param quantization what the matrices are stored as
 * @param externalData whether weights lie in {@code model.onnx.data} beside the graph; above 1.5 GB they always do
 * @param validation a text on which the report compares the losses of the model and its export
 * @param license of the weights, for the file's metadata, for example {@code MIT}
 */
public record OnnxExportOptions(
        Flavour flavour,
        Quantization quantization,
        boolean externalData,
        Optional<String> validation,
        Optional<String> license) {
    /** Which operators a graph is made of. */
    public enum Flavour {
        /** Standard operators alone: for ONNX Runtime in every language, its web build, and other runtimes. */
        PORTABLE,
        /** ONNX Runtime's own operators where they are faster: attention on one cache that is never copied. */
        ONNXRUNTIME,
        /**
         * The operators of {@link #ONNXRUNTIME} with the inputs that onnxruntime-genai gives, and its
         * {@code genai_config.json}; transformers alone.
         */
        GENAI
    }

    public OnnxExportOptions {
        Objects.requireNonNull(flavour, "flavour");
        Objects.requireNonNull(quantization, "quantization");
        Objects.requireNonNull(validation, "validation");
        Objects.requireNonNull(license, "license");
    }

    /** Standard operators, 32-bit weights inside the file. */
    public static OnnxExportOptions portable() {
        return of(Flavour.PORTABLE);
    }

    /** The fastest graph for ONNX Runtime, 32-bit weights inside the file. */
    public static OnnxExportOptions onnxruntime() {
        return of(Flavour.ONNXRUNTIME);
    }

    /** A graph and a configuration for onnxruntime-genai, 32-bit weights inside the file. */
    public static OnnxExportOptions genAi() {
        return of(Flavour.GENAI);
    }

    /** Of a flavour, 32-bit weights inside the file. */
    public static OnnxExportOptions of(Flavour flavour) {
        return new OnnxExportOptions(flavour, Quantization.none(), false, Optional.empty(), Optional.empty());
    }

    /** Stores the matrices in fewer bits. */
    public OnnxExportOptions withQuantization(Quantization value) {
        return new OnnxExportOptions(flavour, value, externalData, validation, license);
    }

    /** Whether weights lie in a file of their own. */
    public OnnxExportOptions withExternalData(boolean value) {
        return new OnnxExportOptions(flavour, quantization, value, validation, license);
    }

    /** Measures the losses before and after on this text. */
    public OnnxExportOptions withValidation(String text) {
        return new OnnxExportOptions(flavour, quantization, externalData, Optional.of(text), license);
    }

    /** States the licence of the weights. */
    public OnnxExportOptions withLicense(String name) {
        return new OnnxExportOptions(flavour, quantization, externalData, validation, Optional.of(name));
    }
}
