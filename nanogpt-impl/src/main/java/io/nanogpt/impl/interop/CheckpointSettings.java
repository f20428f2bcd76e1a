package io.nanogpt.impl.interop;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a checkpoint says of its model beside the tensors, under the names that training programs use:
 * {@code model_args} of nanoGPT and llama2.c, {@code hyper_parameters} of Lightning, {@code config}.
 */
final class CheckpointSettings {
    private final Map<String, Object> values;

    private CheckpointSettings(Map<String, Object> values) {
        this.values = values;
    }

    static CheckpointSettings of(TensorSource source) {
        return new CheckpointSettings(source.settings());
    }

    /** The attention heads. */
    Optional<Integer> heads() {
        return whole("n_head", "n_heads", "num_heads", "num_attention_heads", "nhead");
    }

    /** The tokens of context. */
    Optional<Integer> contextLength() {
        return whole("block_size", "max_seq_len", "context_length", "n_ctx", "max_position_embeddings");
    }

    /** The base of rotary positions. */
    Optional<Double> ropeTheta() {
        return number("rope_theta", "rope_base").filter(value -> value > 1 && value < Double.POSITIVE_INFINITY);
    }

    /** The epsilon of the norms. */
    Optional<Float> normEpsilon() {
        return number("norm_eps", "rms_norm_eps", "layer_norm_epsilon")
                .map(Double::floatValue)
                .filter(value -> value > 0 && value < 1);
    }

    private Optional<Integer> whole(String... names) {
        return found(names)
                .filter(value -> value instanceof Long number && number >= 1 && number <= Integer.MAX_VALUE)
                .map(value -> ((Long) value).intValue())
                .findFirst();
    }

    private Optional<Double> number(String... names) {
        return found(names)
                .filter(Number.class::isInstance)
                .map(value -> ((Number) value).doubleValue())
                .findFirst();
    }

    private Stream<Object> found(String... names) {
        return Stream.of(names).filter(values::containsKey).map(values::get);
    }
}
