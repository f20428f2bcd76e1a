package io.nanogpt.impl.interop;

import io.nanogpt.model.Architecture;
import io.nanogpt.spi.ParameterSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The files that hold the weights of a model, in one format or another. */
public interface WeightFiles {
    /** All file names of the format; those that are not written but exist from an older model are deleted. */
    List<String> names();

    /** The weights; empty for a model of counts. */
    Optional<ParameterSource> source();

    /**
     * Writes the files into a folder.
     *
     * @param metadata texts by key that the files keep
     */
    void write(Path folder, Map<String, String> metadata);

    /** The size of the model, for its card. */
    default String size(Architecture architecture) {
        return String.format(Locale.ROOT, "%,d parameters", architecture.graph().parameterCount());
    }

    /** Usage instructions for the model card, in Markdown. */
    String usage();
}
