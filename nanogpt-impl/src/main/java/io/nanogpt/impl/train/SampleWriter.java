package io.nanogpt.impl.train;

import io.nanogpt.spi.ParameterStore;

/** Lets the model write while it is trained. */
@FunctionalInterface
public interface SampleWriter {
    /** Continues a prompt with the present weights. */
    String write(ParameterStore parameters, String prompt);
}
