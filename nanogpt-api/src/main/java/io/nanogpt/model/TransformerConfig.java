package io.nanogpt.model;

import org.jspecify.annotations.Nullable;

/**
 * A decoder-only transformer. {@link #builder()} starts from nanoGPT's; {@link Preset} has those of other systems.
 *
 * @param size layers, widths, context and vocabulary
 * @param attention heads and what they see
 * @param mlp the other half of a block
 * @param norm what keeps activations in bounds, and where
 * @param positions how tokens know where they stand
 * @param biases which linear layers have one
 * @param tiedHead whether the table of tokens is also the matrix that makes logits (Press and Wolf 2017)
 * @param dropout share of activations dropped in training behind the embedding, attention and MLP, in [0, 1)
 * @param initialization how weights start
 */
public record TransformerConfig(
        Size size,
        AttentionConfig attention,
        MlpConfig mlp,
        NormConfig norm,
        Positions positions,
        Biases biases,
        boolean tiedHead,
        float dropout,
        Initialization initialization)
        implements ModelConfig {
    public TransformerConfig {
        int width = size.embeddingSize();
        int heads = attention.heads();
        if (width % heads != 0) {
            throw new IllegalArgumentException("embeddingSize " + width + " is not divisible by heads " + heads
                    + "; choose heads among the divisors of the embedding size, or an embedding size of "
                    + (width / heads + 1) * (long) heads);
        }
        if (positions instanceof Positions.Rotary && width / heads % 2 != 0) {
            throw new IllegalArgumentException("rotary positions turn pairs of features, but the head size "
                    + width / heads + " is odd; choose other heads, or an embedding size of " + 2L * heads + " or a"
                    + " multiple of it");
        }
        if (positions instanceof Positions.Sinusoidal && width % 2 != 0) {
            throw new IllegalArgumentException(
                    "sinusoidal positions come in pairs, but embeddingSize " + width + " is odd; choose an even one");
        }
        Settings.dropout(dropout);
        checkMatrices(size, attention, mlp, positions);
    }

    private static void checkMatrices(Size size, AttentionConfig attention, MlpConfig mlp, Positions positions) {
        int width = size.embeddingSize();
        Settings.matrix("embeddingSize", width, "embeddingSize", width);
        if (attention.fused()) {
            long shared = (long) width / attention.heads() * attention.keyValueHeads();
            Settings.matrix("the width of queries, keys and values", width + 2 * shared, "embeddingSize", width);
        }
        Settings.matrix("hiddenSize", mlp.hiddenSize(), "embeddingSize", width);
        Settings.matrix("vocabularySize", size.vocabularySize(), "embeddingSize", width);
        if (positions.kind() == Positions.Kind.LEARNED) {
            Settings.matrix("contextLength", size.contextLength(), "embeddingSize", width);
        }
    }

    /** Features of a head, d. */
    public int headSize() {
        return size.embeddingSize() / attention.heads();
    }

    @Override
    public Kind kind() {
        return Kind.TRANSFORMER;
    }

    @Override
    public int vocabularySize() {
        return size.vocabularySize();
    }

    @Override
    public int contextLength() {
        return size.contextLength();
    }

    @Override
    public TransformerConfig withVocabularySize(int vocabularySize) {
        return toBuilder().vocabularySize(vocabularySize).build();
    }

    /**
     * The GPT of nanoGPT as the caption notebook writes it: 4 layers, 4 heads, 128 wide, context 64; learned positions,
     * LayerNorm before each half of a block, queries, keys and values from one matrix, an MLP four times as wide with exact
     * GELU and biases, no other biases, an untied head, weights normal with deviation 0.02. The vocabulary size has no
     * default.
     */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Sets a part at a time; what does not fit together fails in {@link #build}. */
    public static final class Builder {
        private int layers = 4;
        private int embeddingSize = 128;
        private int contextLength = 64;
        private int vocabularySize;
        private int heads = 4;
        private @Nullable Integer keyValueHeads;
        private boolean fused = true;
        private AttentionScale scale = new AttentionScale.ByHeadSize();
        private int window;
        private Activation activation = Activation.GELU;
        private @Nullable Integer hiddenSize;
        private double hiddenRatio = 4;
        private NormConfig norm = new NormConfig(NormConfig.Kind.LAYER, 1e-5f, NormConfig.Placement.PRE);
        private Positions positions = new Positions.Learned();
        private Biases biases = new Biases(false, false, true, false);
        private boolean tiedHead;
        private float dropout;
        private Initialization initialization = new Initialization.Normal(0.02f);

        private Builder() {}

        private Builder(TransformerConfig config) {
            layers = config.size.layers();
            embeddingSize = config.size.embeddingSize();
            contextLength = config.size.contextLength();
            vocabularySize = config.size.vocabularySize();
            attention(config.attention);
            activation = config.mlp.activation();
            hiddenSize = config.mlp.hiddenSize();
            norm = config.norm;
            positions = config.positions;
            biases = config.biases;
            tiedHead = config.tiedHead;
            dropout = config.dropout;
            initialization = config.initialization;
        }

        /** Blocks. */
        public Builder layers(int value) {
            layers = Settings.positive("layers", value);
            return this;
        }

        /** Width of the residual stream, D; a hidden size that was given as a ratio follows it. */
        public Builder embeddingSize(int value) {
            embeddingSize = Settings.positive("embeddingSize", value);
            return this;
        }

        /** Tokens the model can look at, T. */
        public Builder contextLength(int value) {
            contextLength = Settings.positive("contextLength", value);
            return this;
        }

        /** Token ids, V. */
        public Builder vocabularySize(int value) {
            vocabularySize = Settings.positive("vocabularySize", value);
            return this;
        }

        /** Query heads. */
        public Builder heads(int value) {
            heads = Settings.positive("heads", value);
            return this;
        }

        /** Heads of keys and values; as many as query heads by default. */
        public Builder keyValueHeads(int value) {
            keyValueHeads = Settings.positive("keyValueHeads", value);
            return this;
        }

        /** Whether queries, keys and values come from one matrix. */
        public Builder fused(boolean value) {
            fused = value;
            return this;
        }

        /** What multiplies the dot products. */
        public Builder scale(AttentionScale value) {
            scale = value;
            return this;
        }

        /** Tokens that each one sees; 0, the default, for all before it. */
        public Builder window(int value) {
            window = value;
            return this;
        }

        /** All of attention at once. */
        public Builder attention(AttentionConfig value) {
            heads = value.heads();
            keyValueHeads = value.keyValueHeads() == value.heads() ? null : value.keyValueHeads();
            fused = value.fused();
            scale = value.scale();
            window = value.window();
            return this;
        }

        /** What the MLP does between its linear layers. */
        public Builder activation(Activation value) {
            activation = value;
            return this;
        }

        /** Width of the MLP. */
        public Builder hiddenSize(int value) {
            hiddenSize = Settings.positive("hiddenSize", value);
            return this;
        }

        /** Width of the MLP in embedding sizes, 4 by default; the product is rounded to the nearest whole number. */
        public Builder hiddenRatio(double value) {
            if (!(value > 0 && value <= 1024)) {
                throw new IllegalArgumentException("hiddenRatio must be in (0, 1024], but is " + value);
            }
            hiddenRatio = value;
            hiddenSize = null;
            return this;
        }

        /** What normalises, and where. */
        public Builder norm(NormConfig value) {
            norm = value;
            return this;
        }

        /** How tokens know where they stand. */
        public Builder positions(Positions value) {
            positions = value;
            return this;
        }

        /** Which linear layers have a bias. */
        public Builder biases(Biases value) {
            biases = value;
            return this;
        }

        /** Whether the table of tokens is also the head's matrix. */
        public Builder tiedHead(boolean value) {
            tiedHead = value;
            return this;
        }

        /** Share of activations dropped in training. */
        public Builder dropout(float value) {
            dropout = Settings.dropout(value);
            return this;
        }

        /** How weights start. */
        public Builder initialization(Initialization value) {
            initialization = value;
            return this;
        }

        /**
         * The configuration.
         *
         * @throws IllegalArgumentException if the parts do not fit together, or there is no vocabulary size
         */
        public TransformerConfig build() {
            if (vocabularySize == 0) {
                throw new IllegalArgumentException("vocabularySize is missing; give the tokenizer's");
            }
            int hidden = hiddenSize != null
                    ? hiddenSize
                    : (int) Math.min(Integer.MAX_VALUE, Math.max(1, Math.round(hiddenRatio * embeddingSize)));
            return new TransformerConfig(
                    new Size(layers, embeddingSize, contextLength, vocabularySize),
                    new AttentionConfig(heads, keyValueHeads != null ? keyValueHeads : heads, fused, scale, window),
                    new MlpConfig(activation, hidden),
                    norm,
                    positions,
                    biases,
                    tiedHead,
                    dropout,
                    initialization);
        }
    }

    /**
     * The sizes of a transformer.
     *
     * @param layers blocks, at least 1
     * @param embeddingSize width of the residual stream, D
     * @param contextLength tokens the model can look at, T
     * @param vocabularySize token ids, V
     */
    public record Size(int layers, int embeddingSize, int contextLength, int vocabularySize) {
        public Size {
            Settings.positive("layers", layers);
            Settings.positive("embeddingSize", embeddingSize);
            Settings.positive("contextLength", contextLength);
            Settings.positive("vocabularySize", vocabularySize);
        }
    }

    /**
     * The attention of a transformer.
     *
     * @param heads query heads, at least 1; divides the embedding size
     * @param keyValueHeads heads of keys and values; divides {@code heads}. Equal: multi-head; 1: multi-query; between:
     *     grouped-query attention (Ainslie et al. 2023)
     * @param fused whether queries, keys and values come from one matrix, rather than from three
     * @param scale multiplies the dot products of queries and keys
     * @param window the tokens that each one sees, itself among them; 0 for all before it
     */
    public record AttentionConfig(int heads, int keyValueHeads, boolean fused, AttentionScale scale, int window) {
        public AttentionConfig {
            Settings.positive("heads", heads);
            Settings.positive("keyValueHeads", keyValueHeads);
            if (heads % keyValueHeads != 0) {
                throw new IllegalArgumentException("heads " + heads + " is not divisible by keyValueHeads "
                        + keyValueHeads + "; each key and value head serves the same number of query heads");
            }
            if (window < 0) {
                throw new IllegalArgumentException("window must be at least 1, or 0 for no window, but is " + window);
            }
        }
    }

    /**
     * The MLP of a transformer's block.
     *
     * @param activation between the linear layers
     * @param hiddenSize width between them, at least 1
     */
    public record MlpConfig(Activation activation, int hiddenSize) {
        public MlpConfig {
            Settings.positive("hiddenSize", hiddenSize);
        }
    }
}
