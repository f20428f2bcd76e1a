package io.nanogpt.spi;

import io.nanogpt.graph.ParameterSpec;
import java.util.List;

/** Read access to the parameters of one model. */
public interface ParameterSource {
    /** Returns the parameters in the order of their allocation. */
    List<ParameterSpec> specs();

    /** Copies a parameter out, row-major. */
    void read(String name, float[] destination);
}
