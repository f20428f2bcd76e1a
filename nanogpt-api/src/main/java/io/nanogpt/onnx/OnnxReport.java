package io.nanogpt.onnx;

import java.util.OptionalDouble;

/**
 * What an export cost and lost.
 *
 * @param difference the largest difference between the logits of the model and of the graph with 32-bit weights, as a
 *     share of the largest logit
 * @param before the model
 * @param after what was exported
 */
public record OnnxReport(double difference, Measures before, Measures after) {
    /**
     * A model in numbers.
     *
     * @param bytes of its weights, or of the exported files
     * @param loss over the validation text, in nats per token; empty where no text was given
     * @param tokensPerSecond decoded one after another, on one thread
     */
    public record Measures(long bytes, OptionalDouble loss, double tokensPerSecond) {}
}
