package io.nanogpt;

import io.nanogpt.backend.BackendChoice;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Examples;
import io.nanogpt.data.SplitOptions;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.Optimizer;
import io.nanogpt.train.Trainer;
import io.nanogpt.train.TrainingListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Trains a GPT in one call.
 *
 * <pre>{@code
 * LanguageModel model = GPT.builder().layers(4).heads(4).train(Corpus.ofJson(Path.of("captions.json")));
 * System.out.println(model.generate("H&E stained", Generation.temperature(0.7).topK(10)));
 * }</pre>
 */
public final class GPT {
    private GPT() {}

    /** The settings of the caption notebook on a CPU: 4 layers, 4 heads, 128 wide, context 64, 2,000 steps of 12. */
    public static Builder builder() {
        return new Builder();
    }

    /** Composes a tokenizer, a {@link TransformerConfig} and a {@link Trainer}, each of which can be used without it. */
    public static final class Builder {
        private final TransformerConfig.Builder shape = TransformerConfig.builder();
        private boolean shaped;
        private @Nullable ModelConfig model;
        private @Nullable Tokenizer tokenizer;
        private @Nullable Path loadIfPresent;
        private final Trainer.Builder trainer = Trainer.builder();

        private Builder() {}

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
            model = value;
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
            tokenizer = value;
            return this;
        }

        /** Sequences a step; 12 by default. */
        public Builder batchSize(int value) {
            trainer.batchSize(value);
            return this;
        }

        /** Optimizer steps; 2,000 by default. */
        public Builder steps(int value) {
            trainer.steps(value);
            return this;
        }

        /** AdamW by default. */
        public Builder optimizer(Optimizer value) {
            trainer.optimizer(value);
            return this;
        }

        /** 1e-3 by default. */
        public Builder learningRate(double value) {
            trainer.learningRate(value);
            return this;
        }

        /** 0.1 by default. */
        public Builder weightDecay(double value) {
            trainer.weightDecay(value);
            return this;
        }

        /** The largest norm of all gradients together; no clipping by default. */
        public Builder gradientClip(double value) {
            trainer.gradientClip(value);
            return this;
        }

        /** Steps between evaluations; 200 by default. */
        public Builder evaluateEvery(int value) {
            trainer.evaluateEvery(value);
            return this;
        }

        /** Batches of each split that an evaluation averages over; 50 by default. */
        public Builder evaluationBatches(int value) {
            trainer.evaluationBatches(value);
            return this;
        }

        /** Ends with the weights of the lowest validation loss. */
        public Builder keepBest(boolean value) {
            trainer.keepBest(value);
            return this;
        }

        /** Of the initial weights, batches and dropout; 1337 by default. */
        public Builder seed(long value) {
            trainer.seed(value);
            return this;
        }

        /** What computes the training; {@link io.nanogpt.backend.Backends#auto()} by default. */
        public Builder backend(BackendChoice value) {
            trainer.backend(value);
            return this;
        }

        /** Threads; all processors by default. On the CPU backend the result does not depend on it. */
        public Builder threads(int value) {
            trainer.threads(value);
            return this;
        }

        /** How the corpus is cut; the last tenth validates by default. */
        public Builder split(SplitOptions value) {
            trainer.split(value);
            return this;
        }

        /** Everything else that a {@link Trainer} can be told: schedules, checkpoints, guards, when to stop. */
        public Builder training(Consumer<Trainer.Builder> settings) {
            settings.accept(trainer);
            return this;
        }

        /** Adds a listener. */
        public Builder listener(TrainingListener value) {
            trainer.listener(value);
            return this;
        }

        /**
         * Where this folder holds a saved model, {@link #train} loads it instead of training; where it does not, the
         * trained model is saved there.
         */
        public Builder loadIfPresent(Path folder) {
            loadIfPresent = folder;
            return this;
        }

        /**
         * Trains.
         *
         * @throws IllegalArgumentException if the settings do not fit together or the corpus is too short
         */
        public LanguageModel train(Corpus corpus) {
            return loadOr(built -> {
                if (model == null) {
                    // A model of this shape is possible at all: said before the corpus is read and tokenized.
                    shape.vocabularySize(1).build();
                }
                Tokenizer text =
                        tokenizer != null ? tokenizer : Tokenizers.characters().train(corpus);
                return built.train(architecture(text), text, corpus);
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
            Tokenizer text = tokenizer;
            if (text == null) {
                throw new IllegalArgumentException(
                        "tokens need the tokenizer that made them, to be saved with the model; set it with tokenizer(...)");
            }
            return loadOr(built -> built.train(architecture(text), text, train, validation));
        }

        private Architecture architecture(Tokenizer text) {
            int vocabularySize = text.vocabularySize();
            ModelConfig config = model != null
                    ? model.withVocabularySize(vocabularySize)
                    : shape.vocabularySize(vocabularySize).build();
            return config.architecture();
        }

        private LanguageModel loadOr(Function<Trainer, LanguageModel> training) {
            Trainer built = trainer.build();
            Path folder = loadIfPresent;
            if (folder != null && Files.exists(folder.resolve("config.json"))) {
                return LanguageModel.load(folder, built.config().threads());
            }
            LanguageModel trained = training.apply(built);
            if (folder != null) {
                trained.save(folder);
            }
            return trained;
        }
    }
}
