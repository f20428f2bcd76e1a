package io.nanogpt;

import io.nanogpt.data.Corpus;
import io.nanogpt.data.Examples;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.spi.Library;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.TrainingConfig;
import io.nanogpt.train.TrainingReport.StopReason;
import io.nanogpt.train.TrainingSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Trains a GPT in one call.
 *
 * <pre>{@code
 * LanguageModel model = GPT.builder().layers(4).heads(4).train(Corpus.ofJson(Path.of("captions.json")));
 * System.out.println(model.generate("H&E stained", GenerationOptions.temperature(0.7).withTopK(10)));
 * }</pre>
 */
public final class GPT {
    private GPT() {}

    /** The settings of the caption notebook on a CPU: 4 layers, 4 heads, 128 wide, context 64, 2,000 steps of 12. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Composes a tokenizer, a {@link TransformerConfig} and the settings of a {@link io.nanogpt.train.Trainer}, each of
     * which can be used without it. The settings of the run are those of {@link TrainingSettings}.
     */
    public static final class Builder extends TrainingSettings<Builder> {
        private final TransformerConfig.Builder shape = TransformerConfig.builder();
        private boolean shaped;
        private @Nullable ModelConfig model;
        private @Nullable Tokenizer tokenizer;
        private @Nullable Path loadIfPresent;

        private Builder() {}

        @Override
        protected Builder self() {
            return this;
        }

        /** Transformer blocks; 4 by default. */
        public Builder layers(int value) {
            shape().layers(value);
            return this;
        }

        /** Attention heads; 4 by default. */
        public Builder heads(int value) {
            shape().heads(value);
            return this;
        }

        /** Width of the residual stream; 128 by default. */
        public Builder embeddingSize(int value) {
            shape().embeddingSize(value);
            return this;
        }

        /** Tokens the model can look at; 64 by default. */
        public Builder contextLength(int value) {
            shape().contextLength(value);
            return this;
        }

        /** Share of activations dropped in training; 0 by default. */
        public Builder dropout(double value) {
            shape().dropout((float) value);
            return this;
        }

        /**
         * Another model than the GPT that the methods above shape, for example a {@link io.nanogpt.model.Preset}'s; its
         * vocabulary becomes the tokenizer's.
         *
         * @throws IllegalArgumentException if one of the methods above was called
         */
        public Builder model(ModelConfig value) {
            if (shaped) {
                throw new IllegalArgumentException(
                        "layers, heads, embeddingSize, contextLength and dropout shape the GPT"
                                + " that model(...) replaces; set them in the configuration of the model");
            }
            model = Objects.requireNonNull(value, "model");
            return this;
        }

        private TransformerConfig.Builder shape() {
            if (model != null) {
                throw new IllegalArgumentException(
                        "model(...) replaces the GPT that this would shape; set it in the configuration of the model");
            }
            shaped = true;
            return shape;
        }

        /** A tokenizer made before; one id per character of the corpus by default. */
        public Builder tokenizer(Tokenizer value) {
            tokenizer = Objects.requireNonNull(value, "tokenizer");
            return this;
        }

        /** Applies settings that are kept elsewhere, for example those of a {@link io.nanogpt.experiment.Trial}. */
        public Builder training(Consumer<TrainingSettings<?>> settings) {
            Objects.requireNonNull(settings, "settings").accept(this);
            return this;
        }

        /**
         * Where this folder holds a saved model, {@link #train} loads it instead of training; where it does not, the trained
         * model is saved there. A model that was trained with other settings is refused: another architecture, tokenizer, seed,
         * length or optimization; the text itself is not compared. A run that an interrupt cut short is not saved, so that
         * the next call trains again, or goes on from its {@linkplain #checkpoints checkpoints}.
         */
        public Builder loadIfPresent(Path folder) {
            loadIfPresent = Objects.requireNonNull(folder, "folder");
            return this;
        }

        /**
         * Trains.
         *
         * @throws IllegalArgumentException if the settings do not fit together or the corpus is too short
         * @throws NanogptException if the thread is interrupted already, or the folder of {@link #loadIfPresent} holds a
         *     model that other settings made
         */
        public LanguageModel train(Corpus corpus) {
            Objects.requireNonNull(corpus, "corpus");
            return loadOr(config -> {
                if (model == null) {
                    // Refuses a shape that cannot work before the corpus is read and tokenized.
                    shape.vocabularySize(1).build();
                }
                Tokenizer text =
                        tokenizer != null ? tokenizer : Tokenizers.characters().train(corpus);
                return Library.get().train(architecture(text.vocabularySize()), text, corpus, config);
            });
        }

        /**
         * Trains on text that is tokenized already; the {@link #tokenizer} must be set, the {@link #split} is not used.
         *
         * @param train examples to learn from
         * @param validation examples to be measured on
         * @throws IllegalArgumentException if the settings do not fit together or no tokenizer is set
         * @throws NanogptException if a text is not longer than the context, or has ids beyond the vocabulary
         */
        public LanguageModel train(Examples train, Examples validation) {
            Objects.requireNonNull(train, "train");
            Objects.requireNonNull(validation, "validation");
            Tokenizer text = tokenizer;
            if (text == null) {
                throw new IllegalArgumentException(
                        "tokens need the tokenizer that made them, to be saved with the model; set it with tokenizer(...)");
            }
            return loadOr(config ->
                    Library.get().train(architecture(text.vocabularySize()), text, train, validation, config));
        }

        private Architecture architecture(int vocabularySize) {
            ModelConfig config = model != null
                    ? model.withVocabularySize(vocabularySize)
                    : shape.vocabularySize(vocabularySize).build();
            return config.architecture();
        }

        private LanguageModel loadOr(Function<TrainingConfig, LanguageModel> training) {
            TrainingConfig config = config();
            Path folder = loadIfPresent;
            if (folder != null && Files.exists(folder.resolve("config.json"))) {
                return Library.get()
                        .load(folder, new Library.Expected(this::architecture, Optional.ofNullable(tokenizer), config));
            }
            LanguageModel trained = training.apply(config);
            if (folder != null && !isInterrupted(trained)) {
                trained.save(folder);
            }
            return trained;
        }

        private static boolean isInterrupted(LanguageModel model) {
            return model.report()
                    .filter(report -> report.reason() == StopReason.INTERRUPTED)
                    .isPresent();
        }
    }
}
