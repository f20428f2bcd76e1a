package io.nanogpt.model;

import io.nanogpt.tokenizer.Tokenizer;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * Options of an import of weights from another system. Sizes are read from the tensors; the options supply the rest.
 * Immutable.
 *
 * @param layout the source of the weights; not needed for a Hugging Face folder, whose {@code config.json} names it, nor
 *     for weights of a known layout, which are recognised by their names and shapes
 * @param heads number of attention heads; not needed for a Hugging Face folder, an LSTM or {@link Layout#ALGOPATH},
 *     whose tensors determine it, nor for checkpoints that hold it, such as nanoGPT's
 * @param adjustment changes the transformer that follows from layout, tensors and heads, for example its context
 *     length, epsilon or the base of its rotary positions
 * @param tokenizer the tokenizer of the model; if empty, the {@code tokenizer.json} of the folder, or if there is none,
 *     a tokenizer with a private-use character for every id
 */
public record WeightsImportOptions(
        Optional<Layout> layout,
        OptionalInt heads,
        UnaryOperator<TransformerConfig.Builder> adjustment,
        Optional<Tokenizer> tokenizer) {
    public WeightsImportOptions {
        Objects.requireNonNull(layout, "layout");
        Objects.requireNonNull(heads, "heads");
        Objects.requireNonNull(adjustment, "adjustment");
        Objects.requireNonNull(tokenizer, "tokenizer");
        heads.ifPresent(value -> Settings.positive("heads", value));
    }

    /**
     * Returns options for a Hugging Face folder with a {@code tokenizer.json}, or for weights whose layout is recognised
     * by their names and shapes.
     */
    public static WeightsImportOptions ofFolder() {
        return new WeightsImportOptions(
                Optional.empty(), OptionalInt.empty(), UnaryOperator.identity(), Optional.empty());
    }

    /** Returns options for a state dict of this layout. */
    public static WeightsImportOptions of(Layout layout) {
        return new WeightsImportOptions(
                Optional.of(layout), OptionalInt.empty(), UnaryOperator.identity(), Optional.empty());
    }

    /** Returns a copy with this number of attention heads. */
    public WeightsImportOptions withHeads(int value) {
        return new WeightsImportOptions(layout, OptionalInt.of(value), adjustment, tokenizer);
    }

    /** Returns a copy with this adjustment, for example {@code transformer -> transformer.contextLength(512)}. */
    public WeightsImportOptions withAdjustment(UnaryOperator<TransformerConfig.Builder> value) {
        return new WeightsImportOptions(layout, heads, value, tokenizer);
    }

    /** Returns a copy with this tokenizer. */
    public WeightsImportOptions withTokenizer(Tokenizer value) {
        return new WeightsImportOptions(layout, heads, adjustment, Optional.of(value));
    }

    /** The source of weights: the names and shapes of its tensors, and the model that they belong to. */
    public enum Layout {
        /** nanoGPT of the caption notebook, with the tensor names of this library. */
        CAPTIONS(Preset.CAPTIONS.config()),
        /** The Tiny Shakespeare GPT of an algorithms course, with separate queries, keys and values for each head. */
        ALGOPATH(TransformerConfig.builder()
                .layers(6)
                .heads(6)
                .embeddingSize(384)
                .contextLength(256)
                .vocabularySize(65)
                .fused(false)
                .scale(new AttentionScale.ByEmbeddingSize())
                .activation(Activation.RELU)
                .biases(new Biases(false, true, true, true))
                .dropout(0.2f)
                .build()),
        /** The transformer of the third homework. */
        TINY_TRANSFORMER(TransformerConfig.builder()
                .layers(2)
                .heads(1)
                .embeddingSize(128)
                .contextLength(50)
                .vocabularySize(500)
                .fused(false)
                .hiddenRatio(1)
                .norm(new NormConfig(NormConfig.Kind.RMS, 1e-8f, NormConfig.Placement.PRE))
                .positions(new Positions.Sinusoidal())
                .biases(Biases.ALL_BUT_HEAD)
                .initialization(new Initialization.PyTorchDefault())
                .build()),
        /** The TransformerLM of Stanford's CS336 and its ablations. */
        TRANSFORMER_LM(TransformerConfig.builder()
                .layers(4)
                .heads(16)
                .embeddingSize(512)
                .hiddenSize(1344)
                .contextLength(256)
                .vocabularySize(10_000)
                .fused(false)
                .activation(Activation.SWIGLU)
                .norm(new NormConfig(NormConfig.Kind.RMS, 1e-5f, NormConfig.Placement.PRE))
                .positions(new Positions.Rotary(10_000, true))
                .biases(Biases.NONE)
                .initialization(new Initialization.TruncatedNormal())
                .build()),
        /** nanoGPT's own checkpoints. */
        NANO_GPT(Preset.GPT2.config()),
        /** GPT-2 in Hugging Face's transformers. */
        GPT2(Preset.GPT2.config()),
        /** Llama in Hugging Face's transformers, and Mistral, SmolLM, Qwen and others with the same names of weights. */
        LLAMA(Preset.LLAMA.config()),
        /** The GPT of the book "Build a Large Language Model (From Scratch)". */
        LLMS_FROM_SCRATCH(Preset.GPT2
                .transformer()
                .fused(false)
                .biases(new Biases(false, true, true, false))
                .tiedHead(false)
                .build()),
        /**
         * llama2.c, and Llama as Meta publishes it. The epsilon of the norms, where the checkpoint does not give it, is
         * transformers' default for Llama, 1e-6.
         */
        LLAMA2_C(Preset.LLAMA
                .transformer()
                .norm(new NormConfig(NormConfig.Kind.RMS, 1e-6f, NormConfig.Placement.PRE))
                .positions(new Positions.Rotary(10_000, true))
                .build()),
        /** Llama and its relatives in LitGPT. */
        LIT_GPT(Preset.LLAMA.transformer().fused(true).build()),
        /** The first minGPT, with a matrix each for queries, keys and values. */
        MIN_GPT(Preset.GPT2
                .transformer()
                .fused(false)
                .activation(Activation.GELU)
                .tiedHead(false)
                .build()),
        /** An embedding, PyTorch's {@code nn.LSTM} and a linear layer. */
        LSTM(Preset.LSTM.config());

        // Every configuration is a record of records.
        @SuppressWarnings("ImmutableEnumChecker")
        private final ModelConfig config;

        Layout(ModelConfig config) {
            this.config = config;
        }

        /**
         * Returns the configuration of the source. An import takes sizes from the tensors, and values that a state dict
         * does not contain, such as the activation, from here.
         */
        public ModelConfig config() {
            return config;
        }

        /** Returns the name on the command line, for example {@code transformer-lm}. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
