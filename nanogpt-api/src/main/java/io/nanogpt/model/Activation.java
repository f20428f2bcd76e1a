package io.nanogpt.model;

/** What a transformer's MLP does between its linear layers. */
public enum Activation {
    /** {@code x Phi(x)} (Hendrycks and Gimpel 2016). */
    GELU,
    /** GELU by its tanh formula, as GPT-2 has it. */
    GELU_TANH,
    /** {@code max(x, 0)}. */
    RELU,
    /** {@code x / (1 + exp(-x))}. */
    SILU,
    /** SiLU of a gate times a third linear layer (Shazeer 2020). */
    SWIGLU;

    /** Whether the MLP has a third matrix. */
    public boolean isGated() {
        return this == SWIGLU;
    }
}
