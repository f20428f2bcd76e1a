package io.nanogpt.train;

import io.nanogpt.generate.GenerationOptions;
import java.util.List;
import java.util.Objects;

/**
 * Prompts to sample from at every evaluation of a run. Immutable.
 *
 * @param prompts continued one after another
 * @param options options of generation
 * @param attention whether listeners also receive the attention maps of each prompt; false by default
 */
public record SampleConfig(List<String> prompts, GenerationOptions options, boolean attention) {
    public SampleConfig {
        prompts = List.copyOf(Objects.requireNonNull(prompts, "prompts"));
        Objects.requireNonNull(options, "options");
    }

    /** Creates a configuration without attention maps. */
    public SampleConfig(List<String> prompts, GenerationOptions options) {
        this(prompts, options, false);
    }

    /** Returns a copy with {@link TrainingListener#onAttention attention maps} of each prompt. */
    public SampleConfig withAttention() {
        return new SampleConfig(prompts, options, true);
    }
}
