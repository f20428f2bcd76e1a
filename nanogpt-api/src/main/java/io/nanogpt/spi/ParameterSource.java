package io.nanogpt.spi;

import io.nanogpt.graph.ParameterSpec;
import java.util.List;

/** Read access to the parameters of one model. */
public interface ParameterSource {
    /** Returns the parameters in the order of their allocation. */
    List<ParameterSpec> specs();

    /** Returns the parameters that training changes, in the order of their allocation. */
    default List<ParameterSpec> trained() {
        return specs().stream().filter(spec -> !spec.frozen()).toList();
    }

    /** Copies a parameter out, row-major. */
    void read(String name, float[] destination);
}
