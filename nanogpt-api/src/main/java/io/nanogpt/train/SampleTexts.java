package io.nanogpt.train;

import io.nanogpt.generate.Generation;
import java.util.List;
import java.util.Objects;

/**
 * What a model is asked at every evaluation of its run.
 *
 * @param prompts continued one after another
 * @param options of generation
 */
public record SampleTexts(List<String> prompts, Generation options) {
    public SampleTexts {
        prompts = List.copyOf(prompts);
        Objects.requireNonNull(options, "options");
    }
}
