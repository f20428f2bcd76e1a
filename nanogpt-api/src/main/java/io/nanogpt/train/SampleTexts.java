package io.nanogpt.train;

import io.nanogpt.generate.Generation;
import java.util.List;
import java.util.Objects;

/**
 * What a model is asked at every evaluation of its run.
 *
 * @param prompts continued one after another
 * @param options of generation
 * @param attention whether listeners see what the tokens of each prompt look at, too
 */
public record SampleTexts(List<String> prompts, Generation options, boolean attention) {
    public SampleTexts {
        prompts = List.copyOf(prompts);
        Objects.requireNonNull(options, "options");
    }

    /** Continuations alone. */
    public SampleTexts(List<String> prompts, Generation options) {
        this(prompts, options, false);
    }

    /** With {@link TrainingListener#onAttention attention maps} of each prompt. */
    public SampleTexts withAttention() {
        return new SampleTexts(prompts, options, true);
    }
}
