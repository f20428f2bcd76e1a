package io.nanogpt.model;

import io.nanogpt.tokenizer.Tokenizer;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * How to read somebody else's weights. Sizes come from the tensors themselves; what they do not tell comes from here.
 *
 * @param layout whose they are; not needed for a Hugging Face folder, whose {@code config.json} says it
 * @param heads attention heads, which only the layout {@link WeightsLayout#ALGOPATH} tells
 * @param adjustment changes the transformer that layout, tensors and heads describe, for example its context length,
 *     epsilon or the base of its rotary positions
 * @param tokenizer the model's; without one the folder's {@code tokenizer.json}, or if there is none, a private-use
 *     character for every id
 */
public record WeightsImport(
        Optional<WeightsLayout> layout,
        OptionalInt heads,
        UnaryOperator<TransformerConfig.Builder> adjustment,
        Optional<Tokenizer> tokenizer) {
    public WeightsImport {
        Objects.requireNonNull(layout, "layout");
        Objects.requireNonNull(heads, "heads");
        Objects.requireNonNull(adjustment, "adjustment");
        Objects.requireNonNull(tokenizer, "tokenizer");
        heads.ifPresent(value -> Settings.positive("heads", value));
    }

    /** Of a Hugging Face folder with a {@code tokenizer.json}. */
    public static WeightsImport ofFolder() {
        return new WeightsImport(Optional.empty(), OptionalInt.empty(), UnaryOperator.identity(), Optional.empty());
    }

    /** Of a state dict of this layout. */
    public static WeightsImport of(WeightsLayout layout) {
        return new WeightsImport(Optional.of(layout), OptionalInt.empty(), UnaryOperator.identity(), Optional.empty());
    }

    /** With so many attention heads. */
    public WeightsImport withHeads(int value) {
        return new WeightsImport(layout, OptionalInt.of(value), adjustment, tokenizer);
    }

    /** With a changed transformer, for example {@code transformer -> transformer.contextLength(512)}. */
    public WeightsImport withAdjustment(UnaryOperator<TransformerConfig.Builder> value) {
        return new WeightsImport(layout, heads, value, tokenizer);
    }

    /** With a tokenizer. */
    public WeightsImport withTokenizer(Tokenizer value) {
        return new WeightsImport(layout, heads, adjustment, Optional.of(value));
    }
}
