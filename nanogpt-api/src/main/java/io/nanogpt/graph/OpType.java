package io.nanogpt.graph;

/**
 * The operations of a graph. {@code B} is the batch, {@code T} the sequence, {@code D}, {@code N} and {@code K} are
 * features. Code that reads graphs switches over this type without a default, so that a new operation does not compile
 * until all of it handles the operation.
 */
public enum OpType {
    /** A run-time input of token ids, {@code (B, T)}. */
    INPUT,
    /** A trained parameter of fixed shape. */
    PARAMETER,
    /**
     * Lookup of rows of a table: ids {@code (B, T)}, table {@code (V, D)} to {@code (B, T, D)}, optionally of a token
     * some positions before, or of the n-gram that ends with each token ({@link Attributes.Embedding}).
     */
    EMBEDDING,
    /**
     * A linear layer of the concatenated one-hot vectors of the last k tokens, oldest first: ids {@code (B, T)}, weight
     * {@code (N, k V)}, bias {@code (N)} to {@code (B, T, N)}. Computed as a gather of columns ({@link
     * Attributes.OneHot}).
     */
    ONE_HOT_LINEAR,
    /** Adds row {@code past + t} of a table {@code (context, D)} to position {@code t} of {@code (B, T, D)}. */
    ADD_POSITIONS,
    /**
     * Adds to position {@code p} of {@code (B, T, D)} the sinusoids of Vaswani et al. 2017: {@code sin(p w)} to feature
     * {@code 2 i} and {@code cos(p w)} to feature {@code 2 i + 1} with {@code w = 10000^(-2 i / D)}.
     */
    ADD_SINUSOIDS,
    /**
     * {@code x W^T + b}: x {@code (B, T, K)}, weight {@code (N, K)}, optional bias {@code (N)} to {@code (B, T, N)}.
     */
    LINEAR,
    /** The sum of two activations {@code (B, T, D)}. */
    ADD,
    /** The element-wise product of two activations {@code (B, T, D)}. */
    MULTIPLY,
    /**
     * An activation {@code (B, T, D)} times trained numbers: x, factor {@code (n)}, where n divides D and feature
     * {@code j} is multiplied by number {@code j mod n}. One number scales all; as many as a head has features scale
     * each head alike.
     */
    SCALE,
    /** An activation {@code (B, T, D)} times a fixed number ({@link Attributes.Constant}). */
    CONSTANT_SCALE,
    /**
     * The concatenation of two or more activations: {@code (B, T, N1)}, {@code (B, T, N2)}, ... to
     * {@code (B, T, N1 + N2 + ...)}.
     */
    CONCAT,
    /** Layer normalisation over the features (Ba et al. 2016): x, weight {@code (D)}, optional bias {@code (D)}. */
    LAYER_NORM,
    /**
     * {@code x / sqrt(mean(x^2) + epsilon) * weight} over the features (Zhang and Sennrich 2019): x, optional weight
     * {@code (D)}.
     */
    RMS_NORM,
    /**
     * {@link #RMS_NORM} without a weight, over the features of each of the first heads of {@code (B, T, N)}; the features
     * after them are unchanged ({@link Attributes.HeadNorm}). It normalises queries and keys (Henry et al. 2020).
     */
    HEAD_NORM,
    /** Gaussian error linear unit in its exact form, {@code x Phi(x)} (Hendrycks and Gimpel 2016). */
    GELU,
    /** GELU in its tanh approximation, {@code x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))}, as in GPT-2. */
    GELU_TANH,
    /** {@code max(x, 0)}. */
    RELU,
    /** {@code max(x, 0)^2} (So et al. 2021). */
    RELU_SQUARED,
    /** {@code x / (1 + exp(-x))}; SwiGLU (Shazeer 2020) is {@link #SILU} of a gate times a linear layer. */
    SILU,
    /**
     * Rotation of pairs of features by angles proportional to the position (Su et al. 2021, {@link Attributes.Rotary}).
     */
    ROTARY,
    /**
     * Causal self-attention on packed queries, keys and values {@code (B, T, (H + 2 H_kv) d)} to {@code (B, T, H d)}
     * ({@link Attributes.Attention}).
     */
    ATTENTION,
    /**
     * The attention weights of {@link #ATTENTION}, for inspection: the same input to {@code (B, T, H, T)}, where row
     * {@code (b, t, h)} sums to one and is zero after {@code t}. It has no gradient.
     */
    ATTENTION_PROBABILITIES,
    /**
     * An LSTM layer from a zero state (Hochreiter and Schmidhuber 1997), gates in PyTorch's order (input, forget, cell,
     * output): the contribution of the input to the gates {@code (B, T, 4 D)}, weight {@code (4 D, D)}, bias
     * {@code (4 D)} to the hidden states {@code (B, T, D)}.
     */
    LSTM,
    /**
     * A depthwise convolution over the last k rows: the concatenated rows, oldest first, {@code (B, T, k D)}, weight
     * {@code (D, 1, k)}, bias {@code (D)} to {@code (B, T, D)}.
     */
    DEPTHWISE_CONV,
    /**
     * A causal depthwise convolution along the sequence, added to its input: {@code y_t = x_t + sum over k of w_k x_(t-k)}
     * with zeros before the start: x {@code (B, T, D)}, weight {@code (K, D)}, whose row 0 is that of the same token.
     */
    CAUSAL_CONV,
    /** {@code c tanh(x / c)}, which limits logits to the cap c (Gemma Team 2024, {@link Attributes.SoftCap}). */
    SOFT_CAP,
    /** Inverted dropout (Srivastava et al. 2014); the mask is recomputed from a counter, not stored. */
    DROPOUT,
    /**
     * Mean negative log-likelihood of targets {@code (B, T)} under logits {@code (B, T, V)}: a scalar. Rows with target
     * -1 are ignored; without any other row, the mean is 0.
     */
    CROSS_ENTROPY,
    /** Gradient of {@link #EMBEDDING} for its table: ids, gradient {@code (B, T, D)} to {@code (V, D)}. */
    EMBEDDING_GRAD,
    /** Gradient of {@link #ONE_HOT_LINEAR} for its weight: ids, gradient {@code (B, T, N)} to {@code (N, k V)}. */
    ONE_HOT_LINEAR_GRAD,
    /** Gradient of {@link #ADD_POSITIONS} for its table. */
    ADD_POSITIONS_GRAD,
    /**
     * Gradient of {@link #LINEAR} for its input: gradient {@code (B, T, N)}, weight {@code (N, K)} to
     * {@code (B, T, K)}.
     */
    LINEAR_INPUT_GRAD,
    /**
     * Gradient of {@link #LINEAR} for its weight: gradient {@code (B, T, N)}, x {@code (B, T, K)} to {@code (N, K)}.
     */
    LINEAR_WEIGHT_GRAD,
    /**
     * Gradient of {@link #SCALE} for its factor: gradient, x, both {@code (B, T, D)}, to the shape of the factor
     * ({@link Attributes.Parameter}).
     */
    SCALE_WEIGHT_GRAD,
    /** The sum over batch and sequence: {@code (B, T, N)} to {@code (N)}; the gradient of every bias. */
    SUM_ROWS,
    /** Some features of {@code (B, T, N)}: the gradient of {@link #CONCAT} for one input ({@link Attributes.Slice}). */
    SLICE,
    /** Gradient of {@link #LAYER_NORM} for its input: gradient, x, weight. */
    LAYER_NORM_INPUT_GRAD,
    /** Gradient of {@link #LAYER_NORM} for its weight: gradient, x to {@code (D)}. */
    LAYER_NORM_WEIGHT_GRAD,
    /** Gradient of {@link #RMS_NORM} for its input: gradient, x, the weight if there is one. */
    RMS_NORM_INPUT_GRAD,
    /** Gradient of {@link #RMS_NORM} for its weight: gradient, x to {@code (D)}. */
    RMS_NORM_WEIGHT_GRAD,
    /** Gradient of {@link #HEAD_NORM}: gradient, x. */
    HEAD_NORM_GRAD,
    /** Gradient of {@link #GELU}: gradient, x. */
    GELU_GRAD,
    /** Gradient of {@link #GELU_TANH}: gradient, x. */
    GELU_TANH_GRAD,
    /** Gradient of {@link #RELU}: gradient, x. */
    RELU_GRAD,
    /** Gradient of {@link #RELU_SQUARED}: gradient, x. */
    RELU_SQUARED_GRAD,
    /** Gradient of {@link #SILU}: gradient, x. */
    SILU_GRAD,
    /** Gradient of {@link #ATTENTION}: gradient, packed queries, keys and values, output. */
    ATTENTION_GRAD,
    /**
     * Gradient of {@link #LSTM} for its first input, and for the whole pre-activation of the gates: gradient
     * {@code (B, T, D)}, then the inputs of {@link #LSTM} and its output, to {@code (B, T, 4 D)}.
     */
    LSTM_GRAD,
    /**
     * Row {@code t - 1} at row {@code t} of {@code (B, T, D)}, zeros at the first: the operand of a recurrent weight.
     */
    PREVIOUS_ROW,
    /** Gradient of {@link #DEPTHWISE_CONV} for its input: gradient {@code (B, T, D)}, weight to {@code (B, T, k D)}. */
    DEPTHWISE_CONV_INPUT_GRAD,
    /** Gradient of {@link #DEPTHWISE_CONV} for its weight: gradient, concatenated rows to {@code (D, 1, k)}. */
    DEPTHWISE_CONV_WEIGHT_GRAD,
    /** Gradient of {@link #CAUSAL_CONV} for its input: gradient {@code (B, T, D)}, weight {@code (K, D)}. */
    CAUSAL_CONV_INPUT_GRAD,
    /** Gradient of {@link #CAUSAL_CONV} for its weight, {@code (K, D)}: gradient, x ({@link Attributes.Convolution}). */
    CAUSAL_CONV_WEIGHT_GRAD,
    /** Gradient of {@link #SOFT_CAP}: gradient, the output. */
    SOFT_CAP_GRAD,
    /** The sum of two terms of one parameter's gradient, for a parameter of several operations. */
    GRADIENT_SUM,
    /** Gradient of {@link #CROSS_ENTROPY} for the logits, for an upstream gradient of one: logits, targets. */
    CROSS_ENTROPY_GRAD;

    /** Whether the result is the gradient of a parameter, or a term of it. */
    public boolean isParameterGradient() {
        return switch (this) {
            case EMBEDDING_GRAD,
                    ONE_HOT_LINEAR_GRAD,
                    ADD_POSITIONS_GRAD,
                    LINEAR_WEIGHT_GRAD,
                    SCALE_WEIGHT_GRAD,
                    SUM_ROWS,
                    LAYER_NORM_WEIGHT_GRAD,
                    RMS_NORM_WEIGHT_GRAD,
                    DEPTHWISE_CONV_WEIGHT_GRAD,
                    CAUSAL_CONV_WEIGHT_GRAD,
                    GRADIENT_SUM -> true;
            case INPUT,
                    PARAMETER,
                    EMBEDDING,
                    ONE_HOT_LINEAR,
                    ADD_POSITIONS,
                    ADD_SINUSOIDS,
                    LINEAR,
                    ADD,
                    MULTIPLY,
                    SCALE,
                    CONSTANT_SCALE,
                    CONCAT,
                    LAYER_NORM,
                    RMS_NORM,
                    HEAD_NORM,
                    GELU,
                    GELU_TANH,
                    RELU,
                    RELU_SQUARED,
                    SILU,
                    ROTARY,
                    ATTENTION,
                    ATTENTION_PROBABILITIES,
                    LSTM,
                    DEPTHWISE_CONV,
                    CAUSAL_CONV,
                    DROPOUT,
                    SOFT_CAP,
                    CROSS_ENTROPY,
                    LINEAR_INPUT_GRAD,
                    SLICE,
                    LAYER_NORM_INPUT_GRAD,
                    RMS_NORM_INPUT_GRAD,
                    HEAD_NORM_GRAD,
                    GELU_GRAD,
                    GELU_TANH_GRAD,
                    RELU_GRAD,
                    RELU_SQUARED_GRAD,
                    SILU_GRAD,
                    SOFT_CAP_GRAD,
                    ATTENTION_GRAD,
                    LSTM_GRAD,
                    PREVIOUS_ROW,
                    DEPTHWISE_CONV_INPUT_GRAD,
                    CAUSAL_CONV_INPUT_GRAD,
                    CROSS_ENTROPY_GRAD -> false;
        };
    }
}
