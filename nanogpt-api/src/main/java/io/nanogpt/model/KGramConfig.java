package io.nanogpt.model;

/**
 * An MLP with SiLU on the last k tokens (Bengio et al. 2003).
 *
 * @param input how tokens enter
 * @param context what is looked at
 * @param layers hidden layers, at least 1
 * @param hiddenSize width of the hidden layers, D
 * @param vocabularySize token ids, V
 */
public record KGramConfig(Input input, Context context, int layers, int hiddenSize, int vocabularySize)
        implements ModelConfig {
    /** How tokens enter. */
    public sealed interface Input {
        /** The inputs that there are. */
        enum Kind {
            /** {@link OneHot}. */
            ONE_HOT,
            /** {@link Embedding}. */
            EMBEDDING,
            /** {@link Convolution}. */
            CONVOLUTION
        }

        /** Which one this is; switches over it need no default. */
        Kind kind();

        /** As one-hot vectors side by side, {@code k V} wide; computed as a gather. */
        record OneHot() implements Input {
            @Override
            public Kind kind() {
                return Kind.ONE_HOT;
            }
        }

        /**
         * As embeddings side by side.
         *
         * @param size of the embedding, E
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
         * As the sum of k embeddings, each feature with a weight of its own for each place: a depthwise convolution.
         *
         * @param size of the embedding, E
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
     * What is looked at.
     *
     * @param window tokens, k, the current one among them
     * @param padding the token id that stands before the start of a text; -1 for zeros
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
        Settings.positive("layers", layers);
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
