package io.nanogpt.impl.train;

import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.spi.ParameterStore;

/** Generates samples during training. */
public interface SampleWriter {
    /** Continues a prompt with the current weights. */
    String write(ParameterStore parameters, String prompt);

    /** Computes the attention maps of a prompt with the current weights. */
    AttentionMaps attention(ParameterStore parameters, String prompt);
}
