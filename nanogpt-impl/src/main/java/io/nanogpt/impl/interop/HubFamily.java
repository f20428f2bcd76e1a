package io.nanogpt.impl.interop;

import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.WeightsImportOptions.Layout;
import java.util.Map;
import java.util.Optional;

/** A family of models of Hugging Face's transformers: the keys of its {@code config.json}, and its names of weights. */
interface HubFamily {
    /** The {@code model_type}. */
    String type();

    /** The class in transformers, the entry of {@code architectures}. */
    String architecture();

    /** The layout of {@code --family} with the same names, if there is one. */
    default Optional<Layout> layout() {
        return Optional.empty();
    }

    /** Whether transformers has a token id as padding where {@code config.json} names none. */
    default boolean hasPadding() {
        return false;
    }

    /** What transformers has before the names of {@link #names} in its model with a head. */
    default String prefix() {
        return "";
    }

    /** The names of the weights of a model. */
    NameTable names(TransformerConfig config);

    /** Reads the keys; absent ones have transformers' defaults. */
    TransformerConfig read(HubKeys keys);

    /**
     * Whether {@link #write} can be asked. What is written may still leave something out: only if reading it again gives
     * the same configuration, the model belongs to the family.
     */
    boolean isLike(TransformerConfig config);

    /** Adds the keys of a configuration that is like this family. */
    void write(TransformerConfig config, Map<String, Object> keys);
}
