package io.nanogpt.tokenizer;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Text to token ids and back. Immutable and safe for use by many threads. */
public interface Tokenizer {
    /** The number of ids; ids run from 0 to one less. */
    int vocabularySize();

    /**
     * The ids of a text. Special tokens that stand in it become their ids, as {@link SpecialTokenPolicy#ALLOW} does it.
     *
     * @throws IllegalArgumentException if the text holds something the tokenizer has no id for and its policy is to
     *     refuse; the message names it and its position
     */
    int[] encode(String text);

    /**
     * The ids of a text, with a choice of what special tokens in it become.
     *
     * @throws IllegalArgumentException as {@link #encode(String)} does, and if the text holds a special token where the
     *     policy is to refuse them
     */
    default int[] encode(String text, SpecialTokenPolicy policy) {
        return encode(text);
    }

    /**
     * The ids of many texts, each as {@link #encode(String)} does it, on several threads.
     *
     * @param threads at least 1; the result does not depend on it
     */
    default List<int[]> encodeAll(List<String> texts, int threads) {
        return ParallelTexts.encode(this, texts, threads);
    }

    /** The number of ids that {@link #encode(String)} would give; the ids are not kept. */
    default int count(String text) {
        return encode(text).length;
    }

    /**
     * The ids of a text of any length while it is read: the same as those of the whole, however the stream hands out
     * its bytes.
     *
     * @param utf8 the text; a byte order mark at its beginning is not part of it. Closed with the result
     * @param threads at least 1; the result does not depend on it
     */
    default TokenStream stream(InputStream utf8, int threads) {
        return new WholeTextStream(this, utf8);
    }

    /**
     * The text of some ids. Bytes that are not UTF-8, as of a character that is cut, become U+FFFD.
     *
     * @throws IllegalArgumentException if an id is not below the vocabulary size
     */
    String decode(int... ids);

    /** The bytes of some ids, of which {@link #decode} makes text. */
    default byte[] decodeBytes(int... ids) {
        return decode(ids).getBytes(StandardCharsets.UTF_8);
    }

    /** Decodes ids that come one by one; never hands out half a character. */
    default IncrementalDecoder incrementalDecoder() {
        return new HoldingDecoder(this);
    }

    /** The special tokens and their ids, in the order of the ids; they are never merged and never cut. */
    default Map<String, Integer> specialTokens() {
        return Map.of();
    }

    /** Whether {@link #encode} would accept the text. */
    boolean canEncode(String text);

    /** The content of {@code tokenizer.json}, in the form that Hugging Face tokenizers reads. */
    String toJson();

    /** Writes {@link #toJson()} to a file, as UTF-8. */
    void save(Path file);

    /**
     * Writes the tokenizer in another form.
     *
     * @throws IllegalArgumentException if the form cannot hold this tokenizer, with the reason
     */
    default void save(Path path, Format format) {
        if (format != Format.HUGGING_FACE) {
            throw new IllegalArgumentException("only byte-level BPE tokenizers can be written as " + format
                    + "; write this one as " + Format.HUGGING_FACE);
        }
        save(path);
    }

    /** Forms of tokenizer files. */
    enum Format {
        /** One file, {@code tokenizer.json}, of Hugging Face {@code tokenizers}. Holds everything. */
        HUGGING_FACE,
        /** A folder with the {@code vocab.json} and {@code merges.txt} of GPT-2. Holds neither the pattern nor special tokens. */
        GPT2,
        /** One file of lines {@code base64 rank}, as {@code tiktoken} reads it. Holds neither the pattern nor special tokens. */
        TIKTOKEN
    }

    /** What encoding does with special tokens, such as {@code <|endoftext|>}, that stand in a text. */
    enum SpecialTokenPolicy {
        /** They become their ids; of overlapping ones the first, and of those that begin together the longest. The default. */
        ALLOW,
        /** Refuses the text, naming the token and its position: for text of strangers. */
        REFUSE,
        /** They are text like any other. */
        AS_TEXT
    }

    /**
     * Decodes ids one by one. Everything it returned, put together, is what {@link Tokenizer#decode} makes of the ids at
     * once; a character whose tokens are not all there yet is held back. For use by one thread at a time.
     */
    interface IncrementalDecoder {
        /**
         * The text that an id completes; empty while a character is unfinished.
         *
         * @throws IllegalArgumentException if the id is not below the vocabulary size
         */
        String add(int id);

        /** Whether a character is unfinished. */
        boolean isPending();

        /** Another decoder that goes on from here by itself. */
        IncrementalDecoder copy();

        /** What is left of an unfinished character, as U+FFFD; empty where nothing is. The decoder can be used anew. */
        String finish();
    }

    /** Token ids that are made while they are asked for. For use by one thread at a time. */
    interface TokenStream extends AutoCloseable {
        /**
         * Copies the next ids out.
         *
         * @param ids receives them from {@code offset} on
         * @param length the most that are wanted, at least 1
         * @return how many were copied, at least 1; or -1 at the end
         * @throws io.nanogpt.NanogptException if the text is not UTF-8, with the offset of the first byte that is wrong
         * @throws IllegalArgumentException if the text holds something the tokenizer refuses
         * @throws java.io.UncheckedIOException if the text cannot be read
         */
        int read(int[] ids, int offset, int length);

        /** Closes the text; ids that were not asked for are lost. */
        @Override
        void close();
    }
}
