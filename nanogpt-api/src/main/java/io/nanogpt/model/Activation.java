package io.nanogpt.model;

/** The activation function of a transformer's MLP. */
public enum Activation {
    /** {@code x Phi(x)} (Hendrycks and Gimpel 2016). */
    GELU,
    /** GELU in its tanh approximation, as in GPT-2. */
    GELU_TANH,
    /** {@code max(x, 0)}. */
    RELU,
    /** {@code max(x, 0)^2} (So et al. 2021). */
    RELU_SQUARED,
    /** {@code x / (1 + exp(-x))}. */
    SILU,
    /** The hyperbolic tangent. */
    TANH,
    /** {@code x / (1 + exp(-1.702 x))}, an approximation of GELU (Hendrycks and Gimpel 2016). */
    GELU_QUICK,
    /** {@code x}, and {@code 0.01 x} where it is negative. */
    LEAKY_RELU,
    /** None. */
    IDENTITY,
    /** SiLU of a gate times a third linear layer (Shazeer 2020). */
    SWIGLU,
    /** GELU of a gate times a third linear layer (Shazeer 2020). */
    GEGLU,
    /** GELU, in its tanh approximation, of a gate times a third linear layer, as in Gemma. */
    GEGLU_TANH;

    /** Whether the MLP is gated by a third linear layer. */
    public boolean isGated() {
        return this == SWIGLU || this == GEGLU || this == GEGLU_TANH;
    }
}
