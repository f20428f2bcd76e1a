package io.nanogpt.impl.train;

import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.spi.ParameterStore;

/** Asks the model while it is trained. */
public interface SampleWriter {
    /** Continues a prompt with the present weights. */
    String write(ParameterStore parameters, String prompt);

    /** What the tokens of a prompt look at with the present weights. */
    AttentionMaps attention(ParameterStore parameters, String prompt);
}
