package io.nanogpt.data;

/**
 * What a model is trained on or measured with: sequences of tokens, each as long as the model's context or padded to it,
 * with the token that follows each of them.
 *
 * <pre>{@code
 * Examples all = Windows.of(TokenSource.open(Path.of("train.bin"))).withOrder(Examples.Order.SHUFFLED);
 * LanguageModel model = trainer.train(architecture, tokenizer, all.slice(0, 0.9), all.slice(0.9, 1));
 * }</pre>
 */
public sealed interface Examples permits Windows, Records, Mixture {
    /** The kinds of examples that there are. */
    enum Kind {
        /** {@link Windows}. */
        WINDOWS,
        /** {@link Records}. */
        RECORDS,
        /** {@link Mixture}. */
        MIXTURE
    }

    /** Which one this is; switches over it need no default. */
    Kind kind();

    /** The tokens that they are taken from; of a slice, its share of them. */
    long tokens();

    /**
     * Some of the examples, cut by their order and not by their length: of n, those from {@code floor(from n)} to
     * before {@code floor(to n)}. Windows on both sides of a cut may overlap; to share no token between two sets, cut
     * the text instead.
     *
     * @param from in [0, 1)
     * @param to in (from, 1]
     */
    Examples slice(double from, double to);

    /** In which order a training run takes examples. Every order is a function of the seed and the step alone. */
    enum Order {
        /** Uniformly at random, each time among all: nanoGPT's way. */
        RANDOM,
        /** In epochs: each once, in an order that is drawn anew for every epoch. */
        SHUFFLED,
        /** In epochs: each once, from the first to the last. */
        SEQUENTIAL
    }
}
