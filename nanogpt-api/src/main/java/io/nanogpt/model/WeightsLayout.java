package io.nanogpt.model;

import java.util.Locale;

/** Whose checkpoint some weights come from: how their tensors are named and lie, and what their model is. */
public enum WeightsLayout {
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

    WeightsLayout(Preset preset) {
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
