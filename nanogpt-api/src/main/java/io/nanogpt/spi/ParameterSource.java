package io.nanogpt.spi;

import io.nanogpt.graph.ParameterSpec;
import java.util.List;

/** Values of the parameters of one model, to be read. */
public interface ParameterSource {
    /** In the order in which they were allocated. */
    List<ParameterSpec> specs();

    /** Copies a parameter out, row-major. */
    void read(String name, float[] destination);
}
