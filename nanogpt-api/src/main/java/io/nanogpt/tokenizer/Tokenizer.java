package io.nanogpt.tokenizer;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Encodes text as token ids and decodes them. Immutable and thread-safe. */
public interface Tokenizer {
    /** Returns the number of ids, which run from 0 to one less. */
    int vocabularySize();

    /**
     * Encodes a text. Special tokens in it become their ids, see {@link SpecialTokenPolicy#ALLOW}.
     *
     * @throws IllegalArgumentException if the text contains something that has no id and the tokenizer refuses it; the
     *     message names it and its position
     */
    int[] encode(String text);

    /**
     * Encodes a text with a policy for special tokens in it.
     *
     * @throws IllegalArgumentException as {@link #encode(String)} does, and if the text contains a special token and
     *     the policy refuses it
     */
    default int[] encode(String text, SpecialTokenPolicy policy) {
        return encode(text);
    }

    /**
     * Encodes a text as {@link #encode(String)} does, and adds the special tokens of the tokenizer's file, such as
     * {@code <s>} before it, where {@code withSpecialTokens}. Tokenizers of other files have none to add.
     */
    default int[] encode(String text, boolean withSpecialTokens) {
        return encode(text);
    }

    /**
     * Encodes a text for a model to continue: with the special tokens that the tokenizer's file puts before a text, and
     * without those after it.
     */
    default int[] encodePrompt(String text) {
        return encode(text);
    }

    /**
     * Encodes a text in which only some special tokens become their ids; the others are ordinary text. Tokens that the
     * tokenizer's file adds, but does not mark as special, such as {@code <think>}, become their ids anywhere.
     *
     * @param filter chooses among the special tokens that are found
     * @throws IllegalArgumentException as {@link #encode(String)} does
     */
    default int[] encode(String text, SpecialTokenFilter filter) {
        return FilteredEncoding.encode(this, text, filter);
    }

    /**
     * Encodes many texts, each as {@link #encode(String)} does, on several threads.
     *
     * @param threads at least 1; the result does not depend on it
     */
    default List<int[]> encodeAll(List<String> texts, int threads) {
        return ParallelTexts.encode(this, texts, threads);
    }

    /** Returns the number of ids that {@link #encode(String)} would return. */
    default int count(String text) {
        return encode(text).length;
    }

    /**
     * Encodes a text of any length while it is read. The ids are those of the whole text, however the stream splits its
     * bytes.
     *
     * @param utf8 the text; a leading byte order mark is skipped. Closed with the result
     * @param threads at least 1; the result does not depend on it
     */
    default TokenStream stream(InputStream utf8, int threads) {
        return new WholeTextStream(this, utf8);
    }

    /**
     * Decodes ids. Invalid UTF-8, for example a truncated character, becomes U+FFFD.
     *
     * @throws IllegalArgumentException if an id is not below the vocabulary size
     */
    String decode(int... ids);

    /** Decodes ids to bytes of UTF-8, which may end within a character. */
    default byte[] decodeBytes(int... ids) {
        return decode(ids).getBytes(StandardCharsets.UTF_8);
    }

    /** Returns a decoder of ids one by one, which returns whole characters only. */
    default IncrementalDecoder incrementalDecoder() {
        return new HoldingDecoder(this);
    }

    /** Returns the special tokens and their ids, in the order of the ids; they are never merged or split. */
    default Map<String, Integer> specialTokens() {
        return Map.of();
    }

    /**
     * Returns what the tokenizer's file asks for that encoding does not do, such as truncation, and what it leaves out
     * of a text, a sentence each; empty for most.
     */
    default List<String> notes() {
        return List.of();
    }

    /** Whether {@link #encode(String)} would accept the text. */
    boolean canEncode(String text);

    /** Returns the tokenizer as the {@code tokenizer.json} of Hugging Face {@code tokenizers}. */
    String toJson();

    /** Writes {@link #toJson()} to a file, as UTF-8. */
    void save(Path file);

    /**
     * Writes the tokenizer in another format.
     *
     * @throws IllegalArgumentException if the format cannot represent this tokenizer; the message states the reason
     */
    default void save(Path path, Format format) {
        if (format != Format.HUGGING_FACE) {
            throw new IllegalArgumentException("only byte-level BPE tokenizers can be written as " + format
                    + "; write this one as " + Format.HUGGING_FACE);
        }
        save(path);
    }

    /** Formats of tokenizer files. */
    enum Format {
        /**
         * The file {@code tokenizer.json} of Hugging Face {@code tokenizers}. Represents every tokenizer completely.
         */
        HUGGING_FACE,
        /** A folder with the {@code vocab.json} and {@code merges.txt} of GPT-2, without pattern and special tokens. */
        GPT2,
        /** A file of lines {@code base64 rank}, as {@code tiktoken} reads it, without pattern and special tokens. */
        TIKTOKEN
    }

    /** The treatment of special tokens in a text, such as {@code <|endoftext|>}. */
    enum SpecialTokenPolicy {
        /**
         * Encodes them as their ids; of overlapping ones the first, of those with the same start the longest. The
         * default.
         */
        ALLOW,
        /** Refuses the text, naming the token and its position: for untrusted text. */
        REFUSE,
        /** Encodes them as ordinary text. */
        AS_TEXT
    }

    /** Chooses which special tokens in a text become their ids. */
    @FunctionalInterface
    interface SpecialTokenFilter {
        /**
         * Whether the characters of a text, which are those of a special token, become its id.
         *
         * @param from index of the first character
         * @param to index after the last character
         */
        boolean accepts(int from, int to);
    }

    /**
     * A decoder of ids one by one. The concatenated results equal {@link Tokenizer#decode} of all ids; an incomplete
     * character is held back. Tokens of single bytes, such as {@code <0x0A>}, are the exception: characters that are
     * complete are returned, while {@code decode} replaces a run of such tokens whole where a later byte in it is not
     * UTF-8. Not thread-safe.
     */
    interface IncrementalDecoder {
        /**
         * Adds an id and returns the text that it completes; empty while a character is incomplete.
         *
         * @throws IllegalArgumentException if the id is not below the vocabulary size
         */
        String add(int id);

        /** Whether a character is incomplete. */
        boolean isPending();

        /** Returns an independent copy of the current state. */
        IncrementalDecoder copy();

        /** Returns the rest of an incomplete character as U+FFFD, or an empty text, and resets the decoder. */
        String finish();
    }

    /** A stream of token ids that are computed on demand. Not thread-safe. */
    interface TokenStream extends AutoCloseable {
        /**
         * Reads the next ids.
         *
         * @param ids receives them from {@code offset} on
         * @param length maximum number of ids, at least 1
         * @return the number of ids read, at least 1; or -1 at the end
         * @throws io.nanogpt.NanogptException if the text is not UTF-8, with the offset of the first invalid byte
         * @throws IllegalArgumentException if the text contains something that the tokenizer refuses
         * @throws java.io.UncheckedIOException if the text cannot be read
         */
        int read(int[] ids, int offset, int length);

        /** Closes the text; unread ids are discarded. */
        @Override
        void close();
    }
}
