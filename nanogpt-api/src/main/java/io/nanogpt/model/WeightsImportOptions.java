package io.nanogpt.model;

import io.nanogpt.tokenizer.Tokenizer;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * How to read somebody else's weights. Sizes come from the tensors themselves; what they do not tell comes from here.
 *
 * @param layout whose they are; not needed for a Hugging Face folder, whose {@code config.json} says it
 * @param heads attention heads, which only the layout {@link Layout#ALGOPATH} tells
 * @param adjustment changes the transformer that layout, tensors and heads describe, for example its context length,
 *     epsilon or the base of its rotary positions
 * @param tokenizer the model's; without one the folder's {@code tokenizer.json}, or if there is none, a private-use
 *     character for every id
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

    /** Of a Hugging Face folder with a {@code tokenizer.json}. */
    public static WeightsImportOptions ofFolder() {
        return new WeightsImportOptions(
                Optional.empty(), OptionalInt.empty(), UnaryOperator.identity(), Optional.empty());
    }

    /** Of a state dict of this layout. */
    public static WeightsImportOptions of(Layout layout) {
        return new WeightsImportOptions(
                Optional.of(layout), OptionalInt.empty(), UnaryOperator.identity(), Optional.empty());
    }

    /** With so many attention heads. */
    public WeightsImportOptions withHeads(int value) {
        return new WeightsImportOptions(layout, OptionalInt.of(value), adjustment, tokenizer);
    }

    /** With a changed transformer, for example {@code transformer -> transformer.contextLength(512)}. */
    public WeightsImportOptions withAdjustment(UnaryOperator<TransformerConfig.Builder> value) {
        return new WeightsImportOptions(layout, heads, value, tokenizer);
    }

    /** With a tokenizer. */
    public WeightsImportOptions withTokenizer(Tokenizer value) {
        return new WeightsImportOptions(layout, heads, adjustment, Optional.of(value));
    }

    /** The checkpoint format that weights come from: the names and the order of its tensors, and the model they belong to. */
    public enum Layout {
        /** nanoGPT of the caption notebook; the names of this library's own files. */
        CAPTIONS(Preset.CAPTIONS.config()),
        /** The Tiny Shakespeare GPT of an algorithms course: queries, keys and values of each head apart. */
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
        /** The transformer of a third homework. */
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
        /** The TransformerLM of CS336 and its ablations. */
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
        /** GPT-2 of Hugging Face. */
        GPT2(Preset.GPT2.config()),
        /** Llama of Hugging Face, and Mistral, TinyLlama and Qwen2, which are built alike. */
        LLAMA(Preset.LLAMA.config()),
        /** An embedding, PyTorch's {@code nn.LSTM} and a linear layer. */
        LSTM(Preset.LSTM.config());

        // Every configuration is a record of records.
        @SuppressWarnings("ImmutableEnumChecker")
        private final ModelConfig config;

        Layout(ModelConfig config) {
            this.config = config;
        }

        /**
         * The configuration of the source. An import takes sizes from the tensors, and from here what a state dict of this
         * layout does not tell, such as the activation.
         */
        public ModelConfig config() {
            return config;
        }

        /** The name on the command line, for example {@code transformer-lm}. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
