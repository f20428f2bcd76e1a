package io.nanogpt;

import io.nanogpt.data.Corpus;
import io.nanogpt.data.Examples;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.spi.Library;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.Recipe;
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
 * Entry point: builds and trains a GPT in one call.
 *
 * <pre>{@code
 * LanguageModel model = GPT.builder().layers(4).heads(4).train(Corpus.ofJson(Path.of("captions.json")));
 * System.out.println(model.generate("H&E stained", GenerationOptions.temperature(0.7).withTopK(10)));
 * }</pre>
 */
public final class GPT {
    private GPT() {}

    /**
     * Returns a builder with the settings of the caption notebook on a CPU: 4 layers, 4 heads, embedding size 128,
     * context length 64, 2,000 steps of 12 sequences.
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Builder of a tokenizer, a {@link TransformerConfig} and a {@link io.nanogpt.train.Trainer}, each of which can
     * also be used alone. {@link TrainingSettings} has the settings of the run.
     */
    public static final class Builder extends TrainingSettings<Builder> {
        private final TransformerConfig.Builder transformer = TransformerConfig.builder();
        private boolean transformerConfigured;
        private @Nullable ModelConfig model;
        private @Nullable Tokenizer tokenizer;
        private @Nullable Path loadIfPresent;

        private Builder() {}

        @Override
        protected Builder self() {
            return this;
        }

        /** Sets the number of transformer blocks; 4 by default. */
        public Builder layers(int value) {
            transformer().layers(value);
            return this;
        }

        /** Sets the number of attention heads; 4 by default. */
        public Builder heads(int value) {
            transformer().heads(value);
            return this;
        }

        /** Sets the width of the residual stream; 128 by default. */
        public Builder embeddingSize(int value) {
            transformer().embeddingSize(value);
            return this;
        }

        /** Sets the context length in tokens; 64 by default. */
        public Builder contextLength(int value) {
            transformer().contextLength(value);
            return this;
        }

        /** Sets the share of activations dropped in training, in [0, 1); 0 by default. */
        public Builder dropout(double value) {
            transformer().dropout((float) value);
            return this;
        }

        /**
         * Sets another model in place of the GPT, for example the configuration of a {@link io.nanogpt.model.Preset}.
         * Its vocabulary size is replaced by the tokenizer's.
         *
         * @throws IllegalArgumentException if layers, heads, embedding size, context length or dropout were set before
         */
        public Builder model(ModelConfig value) {
            if (transformerConfigured) {
                throw new IllegalArgumentException(
                        "layers, heads, embeddingSize, contextLength and dropout configure the GPT"
                                + " that model(...) replaces; set them in the configuration of the model");
            }
            model = Objects.requireNonNull(value, "model");
            return this;
        }

        /**
         * Sets model, optimization, batch size and steps to those of a recipe; settings that follow change single ones.
         *
         * @throws IllegalArgumentException if layers, heads, embedding size, context length or dropout were set before
         */
        public Builder recipe(Recipe value) {
            Objects.requireNonNull(value, "recipe");
            return model(value.model())
                    .optimization(value.optimization())
                    .batchSize(value.batchSize())
                    .steps(value.steps());
        }

        private TransformerConfig.Builder transformer() {
            if (model != null) {
                throw new IllegalArgumentException(
                        "model(...) replaces the GPT that this option configures; set it in the configuration of the"
                                + " model");
            }
            transformerConfigured = true;
            return transformer;
        }

        /** Sets the tokenizer; by default a character tokenizer is trained on the corpus. */
        public Builder tokenizer(Tokenizer value) {
            tokenizer = Objects.requireNonNull(value, "tokenizer");
            return this;
        }

        /** Applies shared settings, for example those of a {@link io.nanogpt.experiment.Trial}. */
        public Builder training(Consumer<TrainingSettings<?>> settings) {
            Objects.requireNonNull(settings, "settings").accept(this);
            return this;
        }

        /**
         * Makes {@link #train} load the model that this folder holds instead of training; if it holds none, the trained
         * model is saved there. A model from other settings (architecture, tokenizer, seed, number of steps or
         * optimization) is refused; the text itself is not compared. An interrupted run is not saved: the next call
         * trains again, or resumes from its {@linkplain #checkpoints checkpoints}.
         */
        public Builder loadIfPresent(Path folder) {
            loadIfPresent = Objects.requireNonNull(folder, "folder");
            return this;
        }

        /**
         * Trains the model on a corpus.
         *
         * @throws IllegalArgumentException if the settings do not fit together or the corpus is too short
         * @throws NanogptException if the thread is already interrupted, or the folder of {@link #loadIfPresent} holds
         *     a model from other settings
         */
        public LanguageModel train(Corpus corpus) {
            Objects.requireNonNull(corpus, "corpus");
            return loadOr(config -> {
                if (model == null) {
                    // Refuses an invalid configuration before the corpus is read and tokenized.
                    transformer.vocabularySize(1).build();
                }
                Tokenizer text =
                        tokenizer != null ? tokenizer : Tokenizers.characters().train(corpus);
                return Library.get().train(architecture(text.vocabularySize()), text, corpus, config);
            });
        }

        /**
         * Trains the model on token ids; the {@link #tokenizer} must be set, and the {@link #split} is not used.
         *
         * @param train training examples
         * @param validation validation examples
         * @throws IllegalArgumentException if the settings do not fit together or no tokenizer is set
         * @throws NanogptException if the tokens of a set are not more than the context length, or an id is outside the
         *     vocabulary
         */
        public LanguageModel train(Examples train, Examples validation) {
            Objects.requireNonNull(train, "train");
            Objects.requireNonNull(validation, "validation");
            Tokenizer text = tokenizer;
            if (text == null) {
                throw new IllegalArgumentException(
                        "tokens need the tokenizer that made them, to be saved with the model; set it with"
                                + " tokenizer(...)");
            }
            return loadOr(config ->
                    Library.get().train(architecture(text.vocabularySize()), text, train, validation, config));
        }

        private Architecture architecture(int vocabularySize) {
            ModelConfig config = model != null
                    ? model.withVocabularySize(vocabularySize)
                    : transformer.vocabularySize(vocabularySize).build();
            return config.architecture();
        }

        private LanguageModel loadOr(Function<TrainingConfig, LanguageModel> training) {
            TrainingConfig config = config();
            Path folder = loadIfPresent;
            if (folder != null && isSaved(folder)) {
                return Library.get()
                        .load(folder, new Library.Expected(this::architecture, Optional.ofNullable(tokenizer), config));
            }
            if (folder != null && Files.exists(folder) && !Files.isDirectory(folder)) {
                throw new IllegalArgumentException("loadIfPresent needs a folder, but " + folder + " is a file");
            }
            LanguageModel trained = training.apply(config);
            if (folder != null && !isInterrupted(trained)) {
                trained.save(folder);
            }
            return trained;
        }

        /** Whether a model is in a folder, in its place or, after a crash during its save, where it was staged. */
        private static boolean isSaved(Path folder) {
            return Files.exists(folder.resolve("config.json")) || Files.exists(folder.resolve(".saved"));
        }

        private static boolean isInterrupted(LanguageModel model) {
            return model.report()
                    .filter(report -> report.reason() == StopReason.INTERRUPTED)
                    .isPresent();
        }
    }
}
