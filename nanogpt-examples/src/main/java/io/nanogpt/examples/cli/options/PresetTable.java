package io.nanogpt.examples.cli.options;

import io.nanogpt.examples.presets.StudyPresets;
import io.nanogpt.model.KGramConfig;
import io.nanogpt.model.LstmConfig;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.Preset;
import io.nanogpt.model.TransformerConfig;
import java.util.Locale;

/** The defaults that presets set, as a table for {@code --help}. */
public final class PresetTable {
    private PresetTable() {}

    /** A line for each preset. */
    public static String text() {
        StringBuilder text = new StringBuilder(
                row("", "layers", "heads", "embedding", "hidden", "context", "dropout", "batch", "steps"));
        StudyPresets.all().forEach(preset -> text.append(row(preset)));
        return text.toString();
    }

    private static String row(Preset preset) {
        ModelConfig config = preset.config();
        TrainingDefaults training = TrainingDefaults.of(preset);
        Object[] sizes = config instanceof TransformerConfig transformer
                ? new Object[] {
                    transformer.size().layers(),
                    transformer.attention().heads(),
                    transformer.size().embeddingSize(),
                    transformer.mlp().hiddenSize(),
                    transformer.dropout()
                }
                : config instanceof LstmConfig lstm
                        ? new Object[] {lstm.layers(), "", lstm.embeddingSize(), lstm.hiddenSize(), ""}
                        : kGram((KGramConfig) config);
        return row(
                preset.name(),
                sizes[0],
                sizes[1],
                sizes[2],
                sizes[3],
                config.contextLength(),
                sizes[4],
                training.batchSize(),
                training.steps());
    }

    private static Object[] kGram(KGramConfig config) {
        Object width = config.input() instanceof KGramConfig.Input.Embedding embedding
                ? embedding.size()
                : config.input() instanceof KGramConfig.Input.Convolution convolution ? convolution.size() : "";
        return new Object[] {config.layers(), "", width, config.hiddenSize(), ""};
    }

    private static String row(Object... cells) {
        return String.format(Locale.ROOT, "  %-28s %6s %6s %10s %7s %8s %8s %6s %6s%n", cells)
                .replaceAll("\\s+$", System.lineSeparator());
    }
}
