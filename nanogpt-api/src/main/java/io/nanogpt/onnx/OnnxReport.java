package io.nanogpt.onnx;

import io.nanogpt.generate.Evaluation;
import java.util.Objects;
import java.util.Optional;

/**
 * The size, loss and speed of a model before and after an export.
 *
 * @param difference the largest difference between the logits of the model and of the graph with 32-bit weights,
 *     relative to the largest logit
 * @param before the measures of the model
 * @param after the measures of the export
 */
public record OnnxReport(double difference, Measures before, Measures after) {
    /**
     * Measures of a model.
     *
     * @param bytes bytes of its weights, or of the exported files
     * @param evaluation loss on the validation text; empty without a text
     * @param tokensPerSecond decoding speed, one token at a time, on one thread
     */
    public record Measures(long bytes, Optional<Evaluation> evaluation, double tokensPerSecond) {
        public Measures {
            Objects.requireNonNull(evaluation, "evaluation");
        }
    }
}
