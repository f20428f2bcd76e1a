package io.nanogpt.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Configuration of a decoder-only transformer. {@link #builder()} starts from nanoGPT's; {@link Preset} has those of
 * other systems. Immutable.
 *
 * <pre>{@code
 * ModelConfig config = TransformerConfig.builder()
 *         .layers(6).heads(6).embeddingSize(384).contextLength(256)
 *         .positions(new Positions.Rotary(10_000, true))
 *         .vocabularySize(tokenizer.vocabularySize())
 *         .build();
 * LanguageModel model = GPT.builder().model(config).tokenizer(tokenizer).train(corpus);
 * }</pre>
 *
 * @param size layers, embedding size, context length and vocabulary size
 * @param attention heads, scale and window of attention
 * @param mlp activation and width of the MLP
 * @param norm kind, epsilon and placement of the norms
 * @param positions the positional encoding
 * @param biases the linear layers that have a bias
 * @param tiedHead whether the token embedding is also the matrix of the head (Press and Wolf 2017)
 * @param dropout share of activations dropped in training after the embedding, attention and MLP, in [0, 1)
 * @param initialization the distribution of the initial weights
 * @param refinements additions to the blocks
 * @param ngramTables tables of rows for n-grams, added to the token embedding
 * @param variations what families of published models do differently
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
        Initialization initialization,
        Refinements refinements,
        NgramTables ngramTables,
        Variations variations)
        implements ModelConfig {
    public TransformerConfig {
        int width = size.embeddingSize();
        int heads = attention.heads();
        if (variations.headSize() == 0 && width % heads != 0) {
            throw new IllegalArgumentException("embeddingSize " + width + " is not divisible by heads " + heads
                    + "; choose heads among the divisors of the embedding size, or an embedding size of "
                    + (width / heads + 1) * (long) heads);
        }
        checkRotary(width, heads, positions, variations);
        if (positions instanceof Positions.Sinusoidal && width % 2 != 0) {
            throw new IllegalArgumentException(
                    "sinusoidal positions come in pairs, but embeddingSize " + width + " is odd; choose an even one");
        }
        Settings.dropout(dropout);
        checkRefinements(size, attention, refinements);
        checkVariations(size, attention, norm, positions, variations);
        checkMatrices(size, attention, mlp, positions, variations);
        ngramTables.check(size.vocabularySize(), width);
    }

    /** Creates a configuration without variations. */
    public TransformerConfig(
            Size size,
            AttentionConfig attention,
            MlpConfig mlp,
            NormConfig norm,
            Positions positions,
            Biases biases,
            boolean tiedHead,
            float dropout,
            Initialization initialization,
            Refinements refinements,
            NgramTables ngramTables) {
        this(
                size,
                attention,
                mlp,
                norm,
                positions,
                biases,
                tiedHead,
                dropout,
                initialization,
                refinements,
                ngramTables,
                Variations.NONE);
    }

    private static void checkRotary(int width, int heads, Positions positions, Variations variations) {
        if (!(positions instanceof Positions.Rotary rotary)) {
            return;
        }
        if (variations.headSize() == 0 && width / heads % 2 != 0) {
            throw new IllegalArgumentException("rotary positions turn pairs of features, but the head size "
                    + width / heads + " is odd; choose other heads, or an embedding size of " + 2L * heads + " or a"
                    + " multiple of it");
        }
        int headSize = variations.headSize(width, heads);
        if (headSize % 2 != 0) {
            throw new IllegalArgumentException(
                    "rotary positions turn pairs of features, but the head size " + headSize + " is odd");
        }
        rotary.turned(headSize);
        variations.windowPositions().ifPresent(local -> local.turned(headSize));
    }

    private static void checkVariations(
            Size size, AttentionConfig attention, NormConfig norm, Positions positions, Variations variations) {
        List<Integer> windows = variations.windows();
        if (!windows.isEmpty() && windows.size() != size.layers()) {
            throw new IllegalArgumentException(
                    "there are " + windows.size() + " windows for " + size.layers() + " layers; give one for each");
        }
        if (!windows.isEmpty() && attention.window() != 0) {
            throw new IllegalArgumentException("window " + attention.window() + " is of all layers, but the variations"
                    + " give one for each; leave out one of them");
        }
        List<Integer> unrotated = variations.unrotated();
        if (!unrotated.isEmpty() && unrotated.get(unrotated.size() - 1) >= size.layers()) {
            throw new IllegalArgumentException("unrotated names layer " + unrotated.get(unrotated.size() - 1)
                    + ", but there are " + size.layers() + " layers, counted from 0");
        }
        if (positions.kind() != Positions.Kind.ROTARY
                && (!unrotated.isEmpty() || variations.windowPositions().isPresent())) {
            throw new IllegalArgumentException("rotary positions of some layers need rotary positions of the model");
        }
        if (variations.queryKeyNorm() != Variations.QueryKeyNorm.NONE && attention.fused()) {
            throw new IllegalArgumentException("norms of queries and keys with weights need queries, keys and values"
                    + " from three matrices; set fused to false");
        }
        if (variations.residual() != Variations.Residual.SEQUENTIAL && norm.placement() != NormConfig.Placement.PRE) {
            throw new IllegalArgumentException(
                    "attention and MLP in parallel need norms before them; set the placement to PRE");
        }
    }

    private static void checkRefinements(Size size, AttentionConfig attention, Refinements refinements) {
        if (refinements.convolutionSize() > size.contextLength()) {
            throw new IllegalArgumentException("convolutionSize " + refinements.convolutionSize()
                    + " is above contextLength " + size.contextLength() + "; choose at most as many tokens");
        }
        List<Integer> layers = refinements.valueEmbeddings();
        if (!layers.isEmpty() && attention.fused()) {
            throw new IllegalArgumentException(
                    "valueEmbeddings need queries, keys and values from three matrices; set fused to false");
        }
        if (!layers.isEmpty() && layers.get(layers.size() - 1) >= size.layers()) {
            throw new IllegalArgumentException("valueEmbeddings name layer " + layers.get(layers.size() - 1)
                    + ", but there are " + size.layers() + " layers, counted from 0");
        }
    }

    private static void checkMatrices(
            Size size, AttentionConfig attention, MlpConfig mlp, Positions positions, Variations variations) {
        int width = size.embeddingSize();
        Settings.matrix("embeddingSize", width, "embeddingSize", width);
        long headSize = variations.headSize(width, attention.heads());
        if (attention.fused() || variations.headSize() != 0) {
            long packed = headSize * (attention.heads() + 2L * attention.keyValueHeads());
            Settings.matrix("the width of queries, keys and values", packed, "embeddingSize", width);
        }
        Settings.matrix("hiddenSize", mlp.hiddenSize(), "embeddingSize", width);
        Settings.matrix("vocabularySize", size.vocabularySize(), "embeddingSize", width);
        if (positions.kind() == Positions.Kind.LEARNED) {
            Settings.matrix("contextLength", size.contextLength(), "embeddingSize", width);
        }
    }

    /** Returns the features of a head, d. */
    public int headSize() {
        return variations.headSize(size.embeddingSize(), attention.heads());
    }

    /** Returns the tokens that a query of a layer attends to, its own included; 0 for all up to its own. */
    public int window(int layer) {
        return variations.windows().isEmpty()
                ? attention.window()
                : variations.windows().get(layer);
    }

    /** Returns the positional encoding of a layer. */
    public Positions positions(int layer) {
        if (variations.unrotated().contains(layer)) {
            return new Positions.None();
        }
        return variations.windowPositions().isPresent() && window(layer) > 0
                ? variations.windowPositions().get()
                : positions;
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
     * Returns a builder with the GPT of nanoGPT as the caption notebook trains it: 4 layers, 4 heads, embedding size
     * 128, context length 64, learned positions, LayerNorm before attention and MLP, queries, keys and values from one
     * matrix, an MLP of four times the embedding size with exact GELU and biases, no other biases, an untied head,
     * normal weights with standard deviation 0.02. The vocabulary size has no default.
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder with these values. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Builder of a configuration. Setters validate single values, {@link #build} their combination. */
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
        private Refinements refinements = Refinements.NONE;
        private NgramTables ngramTables = NgramTables.NONE;
        private Variations variations = Variations.NONE;

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
            refinements = config.refinements;
            ngramTables = config.ngramTables;
            variations = config.variations;
        }

        /** Sets the number of blocks; 4 by default. */
        public Builder layers(int value) {
            layers = Settings.layers(value);
            return this;
        }

        /**
         * Sets the width of the residual stream, D; 128 by default. A width of the MLP set as a ratio scales with it.
         */
        public Builder embeddingSize(int value) {
            embeddingSize = Settings.positive("embeddingSize", value);
            return this;
        }

        /** Sets the context length in tokens, T; 64 by default. */
        public Builder contextLength(int value) {
            contextLength = Settings.positive("contextLength", value);
            return this;
        }

        /** Sets the number of token ids, V; required. */
        public Builder vocabularySize(int value) {
            vocabularySize = Settings.positive("vocabularySize", value);
            return this;
        }

        /** Sets the number of query heads; 4 by default. */
        public Builder heads(int value) {
            heads = Settings.positive("heads", value);
            return this;
        }

        /** Sets the number of key and value heads; as many as query heads by default. */
        public Builder keyValueHeads(int value) {
            keyValueHeads = Settings.positive("keyValueHeads", value);
            return this;
        }

        /** Sets whether queries, keys and values come from one matrix; true by default. */
        public Builder fused(boolean value) {
            fused = value;
            return this;
        }

        /** Sets the factor of the dot products; {@link AttentionScale.ByHeadSize} by default. */
        public Builder scale(AttentionScale value) {
            scale = value;
            return this;
        }

        /** Sets the attention window in tokens, the current one included; 0, the default, for no window. */
        public Builder window(int value) {
            window = value;
            return this;
        }

        /** Sets all options of attention. */
        public Builder attention(AttentionConfig value) {
            heads = value.heads();
            keyValueHeads = value.keyValueHeads() == value.heads() ? null : value.keyValueHeads();
            fused = value.fused();
            scale = value.scale();
            window = value.window();
            return this;
        }

        /** Sets the activation function of the MLP; {@link Activation#GELU} by default. */
        public Builder activation(Activation value) {
            activation = value;
            return this;
        }

        /** Sets the width of the MLP. */
        public Builder hiddenSize(int value) {
            hiddenSize = Settings.positive("hiddenSize", value);
            return this;
        }

        /**
         * Sets the width of the MLP as a multiple of the embedding size, rounded to the nearest integer; 4 by default.
         */
        public Builder hiddenRatio(double value) {
            if (!(value > 0 && value <= 1024)) {
                throw new IllegalArgumentException("hiddenRatio must be in (0, 1024], but is " + value);
            }
            hiddenRatio = value;
            hiddenSize = null;
            return this;
        }

        /** Sets the norms; LayerNorm with epsilon 1e-5 before attention and MLP by default. */
        public Builder norm(NormConfig value) {
            norm = value;
            return this;
        }

        /** Sets the positional encoding; {@link Positions.Learned} by default. */
        public Builder positions(Positions value) {
            positions = value;
            return this;
        }

        /** Sets the linear layers that have a bias; those of the MLP by default. */
        public Builder biases(Biases value) {
            biases = value;
            return this;
        }

        /** Sets whether the token embedding is also the matrix of the head; false by default. */
        public Builder tiedHead(boolean value) {
            tiedHead = value;
            return this;
        }

        /** Sets the share of activations dropped in training, in [0, 1); 0 by default. */
        public Builder dropout(float value) {
            dropout = Settings.dropout(value);
            return this;
        }

        /** Sets the distribution of the initial weights; normal with standard deviation 0.02 by default. */
        public Builder initialization(Initialization value) {
            initialization = value;
            return this;
        }

        /** Sets additions to the blocks; none by default. */
        public Builder refinements(Refinements value) {
            refinements = value;
            return this;
        }

        /** Sets the tables of n-grams; {@link NgramTables#NONE} by default. */
        public Builder ngramTables(NgramTables value) {
            ngramTables = value;
            return this;
        }

        /** Sets what families of published models do differently; {@link Variations#NONE} by default. */
        public Builder variations(Variations value) {
            variations = value;
            return this;
        }

        /**
         * Returns the configuration.
         *
         * @throws IllegalArgumentException if values are incompatible, or there is no vocabulary size
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
                    initialization,
                    refinements,
                    ngramTables,
                    variations);
        }
    }

    /**
     * The sizes of a transformer.
     *
     * @param layers number of blocks, at least 1
     * @param embeddingSize width of the residual stream, D
     * @param contextLength context length in tokens, T
     * @param vocabularySize number of token ids, V
     */
    public record Size(int layers, int embeddingSize, int contextLength, int vocabularySize) {
        public Size {
            Settings.layers(layers);
            Settings.positive("embeddingSize", embeddingSize);
            Settings.positive("contextLength", contextLength);
            Settings.positive("vocabularySize", vocabularySize);
        }
    }

    /**
     * The attention of a transformer.
     *
     * @param heads query heads, at least 1; divides the embedding size
     * @param keyValueHeads key and value heads; divides {@code heads}. Equal: multi-head; 1: multi-query; between:
     *     grouped-query attention (Ainslie et al. 2023)
     * @param fused whether queries, keys and values come from one matrix rather than from three
     * @param scale the factor of the dot products of queries and keys
     * @param window tokens that a query attends to, its own included; 0 for all up to its own
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
