package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.WeightsImportOptions;
import io.nanogpt.model.WeightsImportOptions.Layout;
import java.nio.file.Path;

/**
 * A model loaded from weights without a configuration file.
 *
 * @param config inferred from tensors, layout and options
 * @param weights weights of that model
 */
public record StateDictModel(ModelConfig config, ModelWeights weights) {
    /**
     * Opens a weights file, or the weights of a folder.
     *
     * @param options with the layout, unless it follows from the names and shapes of the tensors
     * @throws NanogptException if they cannot be read, or are not of this layout or, without one, of none that is known
     */
    public static StateDictModel open(Path path, WeightsImportOptions options) {
        StateDict source = StateDict.open(path);
        try {
            Layout layout = options.layout().orElseGet(() -> LayoutGuess.of(source));
            ModelConfig config = StateDictConfig.of(source, layout, options);
            if (config instanceof TransformerConfig transformer) {
                NameTable names =
                        NameTables.of(layout, transformer.mlp().activation().isGated());
                return new StateDictModel(
                        config,
                        new ModelWeights(source, names, transformer.attention().heads()));
            }
            return new StateDictModel(config, new ModelWeights(source, NameTables.of(layout, false), 1));
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
    }
}
