package io.nanogpt.onnx;

import java.util.Objects;
import java.util.Optional;

/**
 * Options of an export to ONNX. Immutable.
 *
 * @param flavour the operator set of the graph
 * @param quantization the storage format of the matrices
 * @param externalData whether weights are stored in {@code model.onnx.data} beside the graph; always above 1.5 GB
 * @param validation a text on which the report compares the losses of the model and its export
 * @param license license of the weights for the metadata of the file, for example {@code MIT}
 */
public record OnnxExportOptions(
        Flavour flavour,
        Quantization quantization,
        boolean externalData,
        Optional<String> validation,
        Optional<String> license) {
    /** The operator set of a graph. */
    public enum Flavour {
        /** Standard operators only: for ONNX Runtime in every language, its web build, and other runtimes. */
        PORTABLE,
        /**
         * ONNX Runtime's own operators where they are faster: attention with a key/value cache that is never copied.
         */
        ONNXRUNTIME,
        /**
         * The operators of {@link #ONNXRUNTIME} with the inputs of onnxruntime-genai, and its
         * {@code genai_config.json}; only for transformers.
         */
        GENAI
    }

    public OnnxExportOptions {
        Objects.requireNonNull(flavour, "flavour");
        Objects.requireNonNull(quantization, "quantization");
        Objects.requireNonNull(validation, "validation");
        Objects.requireNonNull(license, "license");
    }

    /** Returns options for standard operators, with 32-bit weights inside the file. */
    public static OnnxExportOptions portable() {
        return of(Flavour.PORTABLE);
    }

    /** Returns options for the fastest graph for ONNX Runtime, with 32-bit weights inside the file. */
    public static OnnxExportOptions onnxruntime() {
        return of(Flavour.ONNXRUNTIME);
    }

    /** Returns options for onnxruntime-genai, with 32-bit weights inside the file. */
    public static OnnxExportOptions genAi() {
        return of(Flavour.GENAI);
    }

    /** Returns options for a flavour, with 32-bit weights inside the file. */
    public static OnnxExportOptions of(Flavour flavour) {
        return new OnnxExportOptions(flavour, Quantization.none(), false, Optional.empty(), Optional.empty());
    }

    /** Returns a copy with this storage format of the matrices. */
    public OnnxExportOptions withQuantization(Quantization value) {
        return new OnnxExportOptions(flavour, value, externalData, validation, license);
    }

    /** Returns a copy with weights in a separate file or inside the graph. */
    public OnnxExportOptions withExternalData(boolean value) {
        return new OnnxExportOptions(flavour, quantization, value, validation, license);
    }

    /** Returns a copy that compares the losses before and after the export on this text. */
    public OnnxExportOptions withValidation(String text) {
        return new OnnxExportOptions(flavour, quantization, externalData, Optional.of(text), license);
    }

    /** Returns a copy with this license of the weights. */
    public OnnxExportOptions withLicense(String name) {
        return new OnnxExportOptions(flavour, quantization, externalData, validation, Optional.of(name));
    }
}
