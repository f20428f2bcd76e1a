package io.nanogpt.train;

import io.nanogpt.generate.GenerationOptions;
import java.util.List;
import java.util.Objects;

/**
 * What a model is asked at every evaluation of its run.
 *
 * @param prompts continued one after another
 * @param options of generation
 * @param attention whether listeners see what the tokens of each prompt look at, too
 */
public record SampleConfig(List<String> prompts, GenerationOptions options, boolean attention) {
    public SampleConfig {
        prompts = List.copyOf(Objects.requireNonNull(prompts, "prompts"));
        Objects.requireNonNull(options, "options");
    }

    /** Continuations alone. */
    public SampleConfig(List<String> prompts, GenerationOptions options) {
        this(prompts, options, false);
    }

    /** With {@link TrainingListener#onAttention attention maps} of each prompt. */
    public SampleConfig withAttention() {
        return new SampleConfig(prompts, options, true);
    }
}
