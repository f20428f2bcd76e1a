package io.nanogpt;

import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.data.Chats;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Examples;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.LoadOptions;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.spi.Library;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.ChosenRecipe;
import io.nanogpt.train.Effort;
import io.nanogpt.train.Quality;
import io.nanogpt.train.Recipe;
import io.nanogpt.train.TrainingConfig;
import io.nanogpt.train.TrainingReport.StopReason;
import io.nanogpt.train.TrainingSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
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
     * Returns a builder. With nothing set but {@link Builder#quality}, {@link Builder#budget}, {@link Builder#maxBytes}, and
     * what has no influence on the recipe, it {@linkplain ChosenRecipe chooses} model, tokenizer and training by the corpus.
     * As soon as one setting of the model, the optimization, the batch size or the length of the run is set, the others are
     * those of the caption notebook on a CPU: 4 layers, 4 heads, embedding size 128, context length 64, 2,000 steps of 12
     * sequences of characters.
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
        private @Nullable Effort effort;
        private @Nullable LanguageModel from;
        /** The settings that were called and that a model has itself, in their order. */
        private final Set<String> ofModel = new LinkedHashSet<>();

        private Builder() {}

        @Override
        protected Builder self() {
            return this;
        }

        /** Sets the number of transformer blocks; 4 by default. */
        public Builder layers(int value) {
            transformer("layers").layers(value);
            return this;
        }

        /** Sets the number of attention heads; 4 by default. */
        public Builder heads(int value) {
            transformer("heads").heads(value);
            return this;
        }

        /** Sets the width of the residual stream; 128 by default. */
        public Builder embeddingSize(int value) {
            transformer("embeddingSize").embeddingSize(value);
            return this;
        }

        /** Sets the context length in tokens; 64 by default. */
        public Builder contextLength(int value) {
            transformer("contextLength").contextLength(value);
            return this;
        }

        /** Sets the share of activations dropped in training, in [0, 1); 0 by default. */
        public Builder dropout(double value) {
            transformer("dropout").dropout((float) value);
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
            requireNewModel("model");
            model = Objects.requireNonNull(value, "model");
            return this;
        }

        /**
         * Trains a model further: the run begins with its weights, and has its architecture and its tokenizer. The model
         * stays as it is, and can be used meanwhile; close it when it is no longer needed. Where none is set, the
         * learning rate is {@value io.nanogpt.train.TrainingConfig#CONTINUED_RATE}; no recipe is chosen.
         *
         * <pre>{@code
         * try (LanguageModel base = LanguageModel.load(folder);
         *         LanguageModel tuned = GPT.builder().from(base).steps(200).train(corpus)) {
         *     tuned.save(Path.of("tuned"));
         * }
         * }</pre>
         *
         * @param value a model of this library: trained, loaded or imported
         * @throws IllegalArgumentException if the architecture, the tokenizer or a recipe was set before, naming which
         */
        public Builder from(LanguageModel value) {
            Objects.requireNonNull(value, "model");
            if (!ofModel.isEmpty()) {
                throw besideFrom(String.join(", ", ofModel));
            }
            from = value;
            return this;
        }

        /** Notes a setting that a model has itself, and refuses it beside {@link #from}. */
        private void requireNewModel(String setting) {
            if (from != null) {
                throw besideFrom(setting);
            }
            ofModel.add(setting);
        }

        private static IllegalArgumentException besideFrom(String settings) {
            return new IllegalArgumentException(
                    "from(...) trains a model further, with the architecture and the tokenizer"
                            + " that it has; leave out " + settings);
        }

        /**
         * Sets model, optimization, batch size and steps to those of a recipe; settings of training that follow change
         * single ones.
         *
         * @throws IllegalArgumentException if layers, heads, embedding size, context length or dropout were set before
         */
        public Builder recipe(Recipe value) {
            Objects.requireNonNull(value, "recipe");
            requireNewModel("recipe");
            return model(value.model())
                    .optimization(value.optimization())
                    .batchSize(value.batchSize())
                    .steps(value.steps());
        }

        /** Sets how much computation the chosen model and training take; {@link Quality#GOOD} by default. */
        public Builder quality(Quality value) {
            requireNewModel("quality");
            effort = effort().withQuality(value);
            return this;
        }

        /**
         * Sets the time that {@link #train(Corpus)} takes on this machine, at least a second, by which model and training
         * are chosen. The run ends when it is over, whatever its steps. Since the speed of the machine is measured, another
         * call may choose differently; {@link io.nanogpt.train.TrainingPlan#choice} tells what, to be set the next time.
         */
        public Builder budget(Duration value) {
            requireNewModel("budget");
            effort = effort().withBudget(Objects.requireNonNull(value, "budget"));
            return this;
        }

        /** Sets the largest size of the saved weights of the chosen model, in bytes; 64 MB by default. */
        public Builder maxBytes(long value) {
            requireNewModel("maxBytes");
            effort = effort().withMaxBytes(value);
            return this;
        }

        private Effort effort() {
            return effort == null ? Effort.defaults() : effort;
        }

        private boolean choosesRecipe() {
            boolean chosen = from == null && model == null && !transformerConfigured && !setsRecipe();
            if (!chosen && effort != null) {
                throw new IllegalArgumentException("quality, budget and maxBytes choose the model, its optimization,"
                        + " batch size and steps, of which some were set; set either the ones or the others");
            }
            return chosen;
        }

        private TransformerConfig.Builder transformer(String setting) {
            requireNewModel(setting);
            if (model != null) {
                throw new IllegalArgumentException(setting
                        + " is of the GPT that model(...) and recipe(...) replace; set it in the configuration that"
                        + " model(...) takes");
            }
            transformerConfigured = true;
            return transformer;
        }

        /** Sets the tokenizer; by default one of characters, or the chosen one, is trained on the corpus. */
        public Builder tokenizer(Tokenizer value) {
            requireNewModel("tokenizer");
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
            LanguageModel base = from;
            if (base != null) {
                return loadOr(
                        config(),
                        size -> base.architecture(),
                        config -> Library.get().train(base, corpus, config));
            }
            if (choosesRecipe()) {
                return trainChosen(corpus);
            }
            return loadOr(config(), this::architecture, config -> {
                if (model == null) {
                    // Refuses an invalid configuration before the corpus is read and tokenized.
                    transformer.vocabularySize(1).build();
                }
                Tokenizer text =
                        tokenizer != null ? tokenizer : Tokenizers.characters().train(corpus);
                return Library.get().train(architecture(text.vocabularySize()), text, corpus, config);
            });
        }

        private LanguageModel trainChosen(Corpus corpus) {
            Path folder = loadIfPresent;
            if (folder != null && isSaved(folder) && effort().budget().isPresent()) {
                // What was chosen then depends on the speed of the machine, so there is nothing to compare with.
                return Library.get().load(folder, LoadOptions.defaults().withThreads(config().threads()));
            }
            ChosenRecipe chosen = Library.get().choose(corpus, effort(), Optional.ofNullable(tokenizer), config());
            IntFunction<Architecture> architecture = vocabularySize ->
                    chosen.recipe().model().withVocabularySize(vocabularySize).architecture();
            return loadOr(config(chosen), architecture, config -> {
                Tokenizer text = chosen.tokenizer();
                return Library.get().train(architecture.apply(text.vocabularySize()), text, corpus, config);
            });
        }

        /**
         * Trains the model on token ids; the {@link #tokenizer} must be set, unless a model is trained further. The
         * {@link #split} is not used, and no recipe is chosen.
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
            LanguageModel base = from;
            if (base != null) {
                return loadOr(
                        config(),
                        size -> base.architecture(),
                        config -> Library.get().train(base, train, validation, config));
            }
            Tokenizer text = tokenizer;
            if (text == null) {
                throw new IllegalArgumentException(
                        "tokens need the tokenizer that made them, to be saved with the model; set it with"
                                + " tokenizer(...)");
            }
            requireNoEffort();
            return loadOr(
                    config(),
                    this::architecture,
                    config ->
                            Library.get().train(architecture(text.vocabularySize()), text, train, validation, config));
        }

        /**
         * Trains the model on conversations, of which the assistant's messages count in the loss, as
         * {@link Examples#ofChats} describes; the model keeps the template. Several share a
         * sequence, as {@link io.nanogpt.data.Records#withPacking} describes, if the layers of the model read earlier tokens
         * by attention alone. The last ones, the share of {@link #split}, are for validation. No recipe is chosen, and without a
         * {@link #tokenizer} one of characters is trained on them.
         *
         * @throws IllegalArgumentException if the settings do not fit together, there are too few conversations for a
         *     part of the split, or the template refuses one
         */
        public LanguageModel train(Chats chats, ChatTemplate template) {
            Objects.requireNonNull(chats, "chats");
            Objects.requireNonNull(template, "template");
            LanguageModel base = from;
            if (base == null) {
                requireNoEffort();
            }
            IntFunction<Architecture> architecture = base == null ? this::architecture : size -> base.architecture();
            return loadOr(config(), architecture, config -> {
                Tokenizer text = expectedTokenizer()
                        .orElseGet(() -> Tokenizers.characters().train(chats.corpus(template)));
                Architecture trainedOne = architecture.apply(text.vocabularySize());
                Examples all = Examples.ofChats(chats, template, text)
                        .withPacking(Library.get().canPack(trainedOne));
                double end = 1 - config.split().testFraction();
                double cut = end - config.split().validationFraction();
                Examples train = all.slice(0, cut);
                Examples validation = all.slice(cut, end);
                LanguageModel trained = base == null
                        ? Library.get().train(trainedOne, text, train, validation, config)
                        : Library.get().train(base, train, validation, config);
                trained.chatTemplate(template);
                return trained;
            });
        }

        private void requireNoEffort() {
            if (effort != null) {
                throw new IllegalArgumentException("quality, budget and maxBytes choose by a corpus of text, but there"
                        + " are only tokens; set the model and its training, or a recipe");
            }
        }

        private Architecture architecture(int vocabularySize) {
            ModelConfig config = model != null
                    ? model.withVocabularySize(vocabularySize)
                    : transformer.vocabularySize(vocabularySize).build();
            return config.architecture();
        }

        private Optional<Tokenizer> expectedTokenizer() {
            return from == null ? Optional.ofNullable(tokenizer) : Optional.of(from.tokenizer());
        }

        private LanguageModel loadOr(
                TrainingConfig config,
                IntFunction<Architecture> architecture,
                Function<TrainingConfig, LanguageModel> training) {
            Path folder = loadIfPresent;
            if (folder != null && isSaved(folder)) {
                return Library.get()
                        .load(
                                folder,
                                new Library.Expected(
                                        architecture, expectedTokenizer(), config, Optional.ofNullable(from)));
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
