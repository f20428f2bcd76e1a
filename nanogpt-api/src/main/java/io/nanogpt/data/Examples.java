package io.nanogpt.data;

import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.spi.Library;
import io.nanogpt.tokenizer.Tokenizer;
import java.util.Objects;

/**
 * Examples for training or evaluation: sequences of tokens of the model's context length, or padded to it, with the
 * next token of each position as target.
 *
 * <pre>{@code
 * Examples all = Windows.of(TokenSource.open(Path.of("train.bin"))).withOrder(Examples.Order.SHUFFLED);
 * LanguageModel model = trainer.train(architecture, tokenizer, all.slice(0, 0.9), all.slice(0.9, 1));
 * }</pre>
 */
public sealed interface Examples permits Windows, Records, Mixture {
    /** The kinds of examples. */
    enum Kind {
        /** {@link Windows}. */
        WINDOWS,
        /** {@link Records}. */
        RECORDS,
        /** {@link Mixture}. */
        MIXTURE
    }

    /**
     * Returns an example for each conversation, as a template writes it and a tokenizer encodes it. Only the assistant's
     * messages count in the loss, each with what ends it; the prompt before them is read, but not learned. What does not
     * fit into the context is cut as {@link Records} describes.
     *
     * <pre>{@code
     * Records chats = Examples.ofChats(Chats.ofJsonLines(Path.of("chats.jsonl")), ChatTemplate.chatMl(), tokenizer);
     * Examples train = chats.withPacking(true).slice(0, 0.9);
     * }</pre>
     *
     * @throws IllegalArgumentException if the template refuses a conversation or does not write its answers, or the
     *     tokenizer refuses a character; the message names the conversation
     */
    static Records ofChats(Chats chats, ChatTemplate template, Tokenizer tokenizer) {
        Objects.requireNonNull(chats, "chats");
        Objects.requireNonNull(template, "template");
        return Library.get().encodeChats(chats, template, Objects.requireNonNull(tokenizer, "tokenizer"));
    }

    /** Returns the kind of these examples, for exhaustive switches. */
    Kind kind();

    /** Returns the number of tokens that the examples are taken from; for a slice, its share. */
    long tokens();

    /**
     * Returns a slice of the examples by number, not by length: of n examples, those from {@code floor(from n)} up to,
     * but not including, {@code floor(to n)}. Windows on both sides of a cut may overlap; to share no token between two
     * sets, split the text instead.
     *
     * @param from in [0, 1)
     * @param to in (from, 1]
     */
    Examples slice(double from, double to);

    /** The order of examples in a training run. Every order is a function of the seed and the step only. */
    enum Order {
        /** Uniformly at random with replacement, as nanoGPT does. */
        RANDOM,
        /** In epochs: each example once, in a new random order for every epoch. */
        SHUFFLED,
        /** In epochs: each example once, from the first to the last. */
        SEQUENTIAL
    }
}
