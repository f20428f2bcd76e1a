package io.nanogpt.model;

/**
 * Configuration of a k-gram language model: an MLP with SiLU on the last k tokens (Bengio et al. 2003). Immutable.
 *
 * @param input encoding of the input tokens
 * @param context window, padding and length of training sequences
 * @param layers hidden layers, at least 1
 * @param hiddenSize width of the hidden layers, D
 * @param vocabularySize number of token ids, V
 */
public record KGramConfig(Input input, Context context, int layers, int hiddenSize, int vocabularySize)
        implements ModelConfig {
    /** The encoding of the input tokens. */
    public sealed interface Input {
        /** The kinds of inputs. */
        enum Kind {
            /** {@link OneHot}. */
            ONE_HOT,
            /** {@link Embedding}. */
            EMBEDDING,
            /** {@link Convolution}. */
            CONVOLUTION
        }

        /** Returns the kind of this input, for exhaustive switches. */
        Kind kind();

        /** Concatenated one-hot vectors, {@code k V} wide; computed as a gather. */
        record OneHot() implements Input {
            @Override
            public Kind kind() {
                return Kind.ONE_HOT;
            }
        }

        /**
         * Concatenated embeddings.
         *
         * @param size embedding size, E
         */
        record Embedding(int size) implements Input {
            public Embedding {
                Settings.positive("embeddingSize", size);
            }

            @Override
            public Kind kind() {
                return Kind.EMBEDDING;
            }
        }

        /**
         * A weighted sum of k embeddings, with a weight for each feature and position: a depthwise convolution.
         *
         * @param size embedding size, E
         */
        record Convolution(int size) implements Input {
            public Convolution {
                Settings.positive("embeddingSize", size);
            }

            @Override
            public Kind kind() {
                return Kind.CONVOLUTION;
            }
        }
    }

    /**
     * The context of a prediction.
     *
     * @param window number of input tokens, k, the current one included
     * @param padding the token id before the start of a text; -1 for zeros
     * @param contextLength tokens of a training sequence, T
     */
    public record Context(int window, int padding, int contextLength) {
        public Context {
            Settings.positive("window", window);
            Settings.positive("contextLength", contextLength);
            if (padding < -1) {
                throw new IllegalArgumentException("padding must be a token id, or -1 for zeros, but is " + padding);
            }
        }
    }

    public KGramConfig {
        Settings.layers(layers);
        Settings.positive("hiddenSize", hiddenSize);
        Settings.positive("vocabularySize", vocabularySize);
        if (context.padding() >= vocabularySize) {
            throw new IllegalArgumentException("padding must be a token id below the vocabulary size " + vocabularySize
                    + ", or -1 for zeros, but is " + context.padding());
        }
        Settings.matrix("hiddenSize", hiddenSize, "hiddenSize", hiddenSize);
        Settings.matrix("vocabularySize", vocabularySize, "hiddenSize", hiddenSize);
        long window = context.window();
        switch (input.kind()) {
            case ONE_HOT ->
                Settings.matrix("window times vocabularySize", window * vocabularySize, "hiddenSize", hiddenSize);
            case EMBEDDING -> checkEmbeddings(((Input.Embedding) input).size(), window, hiddenSize, vocabularySize);
            case CONVOLUTION -> checkEmbeddings(((Input.Convolution) input).size(), window, hiddenSize, vocabularySize);
        }
    }

    private static void checkEmbeddings(int size, long window, int hiddenSize, int vocabularySize) {
        Settings.matrix("vocabularySize", vocabularySize, "embeddingSize", size);
        Settings.matrix("window times embeddingSize", window * size, "hiddenSize", hiddenSize);
    }

    @Override
    public ModelConfig.Kind kind() {
        return ModelConfig.Kind.K_GRAM;
    }

    @Override
    public int contextLength() {
        return context.contextLength();
    }

    @Override
    public KGramConfig withVocabularySize(int vocabularySize) {
        return new KGramConfig(input, context, layers, hiddenSize, vocabularySize);
    }
}
