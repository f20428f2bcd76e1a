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

    /** Whose checkpoint some weights come from: how their tensors are named and lie, and what their model is. */
    public enum Layout {
        /** nanoGPT of the caption notebook; the names of this library's own files. */
        CAPTIONS(Preset.CAPTIONS),
        /** The Tiny Shakespeare GPT of an algorithms course: queries, keys and values of each head apart. */
        ALGOPATH(Preset.ALGOPATH),
        /** The transformer of a third homework. */
        TINY_TRANSFORMER(Preset.TINY_TRANSFORMER),
        /** The TransformerLM of CS336 and its ablations. */
        TRANSFORMER_LM(Preset.TRANSFORMER_LM),
        /** nanoGPT's own checkpoints. */
        NANO_GPT(Preset.GPT2),
        /** GPT-2 of Hugging Face. */
        GPT2(Preset.GPT2),
        /** Llama of Hugging Face, and Mistral, TinyLlama and Qwen2, which are built alike. */
        LLAMA(Preset.LLAMA),
        /** An embedding, PyTorch's {@code nn.LSTM} and a linear layer. */
        LSTM(Preset.LSTM);

        private final Preset preset;

        Layout(Preset preset) {
            this.preset = preset;
        }

        /** Has what a state dict of this layout does not tell, such as the activation. */
        public Preset preset() {
            return preset;
        }

        /** As the command line writes it, for example {@code transformer-lm}. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
