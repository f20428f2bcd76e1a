package io.nanogpt.tokenizer;

import io.nanogpt.data.Corpus;
import io.nanogpt.spi.Library;
import io.nanogpt.spi.Threads;
import io.nanogpt.spi.TokenizerProvider;
import io.nanogpt.tokenizer.ByteLevelBpeConfig.TieRule;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Entry point for training and loading tokenizers.
 *
 * <pre>{@code
 * Tokenizer characters = Tokenizers.characters().unknown(Tokenizers.UnknownCharacters.SKIP).train(corpus);
 * Tokenizer bpe = Tokenizers.byteLevelBpe().specialTokens("<|endoftext|>").train(Path.of("a.txt"));
 * Tokenizer gpt2 = Tokenizers.load(Path.of("gpt2/tokenizer.json"));
 * }</pre>
 */
public final class Tokenizers {
    private Tokenizers() {}

    /** Returns the settings of a character tokenizer: one token per distinct code point, in code point order. */
    public static Characters characters() {
        return new Characters(UnknownCharacters.ERROR);
    }

    /**
     * Returns the settings of a character BPE tokenizer, that of a homework: byte pair encoding over the characters of
     * GPT-2's pre-tokens in its byte alphabet, counted with capitalised pre-tokens in lower case; text is encoded
     * greedily by the longest matching token. Line breaks have no ids.
     */
    public static CharacterBpe characterBpe() {
        return new CharacterBpe(CharacterBpe.DEFAULT_VOCABULARY);
    }

    /**
     * Returns the settings of a word tokenizer: words between white space, {@code <unk>} for others; no white space.
     */
    public static Words words() {
        return new Words(Integer.MAX_VALUE, 1);
    }

    /** Returns a tokenizer of integers between white space, in ascending order, for toy sequences. */
    public static Integers integers() {
        return new Integers();
    }

    /** Returns a builder of a byte-level BPE tokenizer, as in GPT-2. */
    public static ByteLevelBpe byteLevelBpe() {
        return new ByteLevelBpe();
    }

    /**
     * Loads a tokenizer from a {@code tokenizer.json} of Hugging Face, from a rank file of {@code tiktoken} that is one
     * of OpenAI's under any name, or from a folder with a {@code tokenizer.json} or with {@code vocab.json} and
     * {@code merges.txt}; then also {@code added_tokens.json}, {@code special_tokens_map.json} and
     * {@code tokenizer_config.json} count, where they are. What a {@code tokenizer.json} asks for that is not done, such
     * as truncation, is in {@link Tokenizer#notes}.
     *
     * @throws io.nanogpt.NanogptException if the file is none of these, is broken, or uses an unsupported feature,
     *     which the message names
     */
    public static Tokenizer load(Path path) {
        return provider().load(Objects.requireNonNull(path, "path"));
    }

    /**
     * Loads a {@code .tiktoken} file: a line {@code base64 rank} for each token; the rank is the id.
     *
     * @param specialTokens special tokens and their ids
     */
    public static Tokenizer loadTiktoken(Path file, SplitPattern pattern, Map<String, Integer> specialTokens) {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(pattern, "pattern");
        Objects.requireNonNull(specialTokens, "specialTokens");
        return provider().loadTiktoken(file, pattern, specialTokens);
    }

    /**
     * Loads GPT-2's {@code vocab.json} and {@code merges.txt}.
     *
     * @param specialTokens the special tokens in the vocabulary, such as {@code <|endoftext|>}
     */
    public static Tokenizer loadGpt2(Path vocabulary, Path merges, SplitPattern pattern, List<String> specialTokens) {
        Objects.requireNonNull(vocabulary, "vocabulary");
        Objects.requireNonNull(merges, "merges");
        Objects.requireNonNull(pattern, "pattern");
        Objects.requireNonNull(specialTokens, "specialTokens");
        return provider().loadGpt2(vocabulary, merges, pattern, specialTokens);
    }

    private static TokenizerProvider provider() {
        return Library.get().tokenizers();
    }

    /** Settings of a character tokenizer. Immutable: each setter returns a copy. */
    public static final class Characters {
        private final UnknownCharacters unknown;

        private Characters(UnknownCharacters unknown) {
            this.unknown = unknown;
        }

        /**
         * Returns a copy with this treatment of characters outside the corpus; {@link UnknownCharacters#ERROR} by
         * default.
         */
        public Characters unknown(UnknownCharacters policy) {
            return new Characters(Objects.requireNonNull(policy, "policy"));
        }

        /** Trains the tokenizer: collects the code points of a corpus. */
        public Tokenizer train(Corpus corpus) {
            return provider().characters(Objects.requireNonNull(corpus, "corpus"), unknown);
        }
    }

    /** Settings of the training of a character BPE tokenizer. Immutable: each setter returns a copy. */
    public static final class CharacterBpe {
        private static final int DEFAULT_VOCABULARY = 500;

        private final int vocabularySize;

        private CharacterBpe(int vocabularySize) {
            this.vocabularySize = vocabularySize;
        }

        /** Returns a copy with this maximum number of ids; 500 by default. */
        public CharacterBpe vocabularySize(int value) {
            return new CharacterBpe(atLeastOne("vocabularySize", value));
        }

        /**
         * Trains the tokenizer on a corpus.
         *
         * @throws IllegalArgumentException if the corpus has more distinct characters than the vocabulary size
         */
        public Tokenizer train(Corpus corpus) {
            return provider().characterBpe(Objects.requireNonNull(corpus, "corpus"), vocabularySize);
        }
    }

    /** Settings of the training of a word tokenizer. Immutable: each setter returns a copy. */
    public static final class Words {
        private final int vocabularySize;
        private final int minimumFrequency;

        private Words(int vocabularySize, int minimumFrequency) {
            this.vocabularySize = vocabularySize;
            this.minimumFrequency = minimumFrequency;
        }

        /**
         * Returns a copy with this maximum number of ids, {@code <unk>} and the most frequent words; no limit by
         * default.
         */
        public Words vocabularySize(int value) {
            return new Words(atLeastOne("vocabularySize", value), minimumFrequency);
        }

        /** Returns a copy with this minimum frequency, below which words become {@code <unk>}; 1 by default. */
        public Words minimumFrequency(int value) {
            return new Words(vocabularySize, atLeastOne("minimumFrequency", value));
        }

        /** Trains the tokenizer: counts the words of a corpus. */
        public Tokenizer train(Corpus corpus) {
            return provider().words(Objects.requireNonNull(corpus, "corpus"), vocabularySize, minimumFrequency);
        }
    }

    /** A tokenizer of integers, without settings. */
    public static final class Integers {
        private Integers() {}

        /**
         * Trains the tokenizer: collects the integers of a corpus.
         *
         * @throws IllegalArgumentException if the corpus contains anything else
         */
        public Tokenizer train(Corpus corpus) {
            return provider().integers(Objects.requireNonNull(corpus, "corpus"));
        }
    }

    private static int atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but is " + value);
        }
        return value;
    }

    /** Builder of a byte-level BPE tokenizer. */
    public static final class ByteLevelBpe {
        private int vocabularySize = 10_000;
        private List<String> specialTokens = List.of();
        private SplitPattern pattern = SplitPattern.GPT2;
        private TieRule ties = TieRule.CS336;
        private int minimumFrequency = 1;
        private int threads = Runtime.getRuntime().availableProcessors();
        private BpeTrainingListener listener = new BpeTrainingListener() {};

        private ByteLevelBpe() {}

        /** Sets the maximum number of ids, the 256 bytes and the special tokens included; 10,000 by default. */
        public ByteLevelBpe vocabularySize(int value) {
            vocabularySize = value;
            return this;
        }

        /**
         * Sets the special tokens, which are split off first and never merged; none by default. Their ids come first.
         */
        public ByteLevelBpe specialTokens(String... tokens) {
            specialTokens = List.copyOf(Arrays.asList(Objects.requireNonNull(tokens, "tokens")));
            return this;
        }

        /** Sets the pattern of pre-tokens, within which pairs are merged; {@link SplitPattern#GPT2} by default. */
        public ByteLevelBpe pattern(SplitPattern value) {
            pattern = Objects.requireNonNull(value, "pattern");
            return this;
        }

        /** Sets the order of equally frequent pairs; {@link TieRule#CS336} by default. */
        public ByteLevelBpe ties(TieRule value) {
            ties = Objects.requireNonNull(value, "ties");
            return this;
        }

        /** Sets the minimum number of occurrences of a pair to be merged; 1 by default. */
        public ByteLevelBpe minimumFrequency(int value) {
            minimumFrequency = value;
            return this;
        }

        /** Sets the number of threads, from 1 to 1024; all processors by default. The result does not depend on it. */
        public ByteLevelBpe threads(int value) {
            threads = Threads.require(value);
            return this;
        }

        /** Sets a progress listener; none by default. */
        public ByteLevelBpe listener(BpeTrainingListener value) {
            listener = Objects.requireNonNull(value, "listener");
            return this;
        }

        /** Trains the tokenizer on the text of a corpus, separators included. */
        public Tokenizer train(Corpus corpus) {
            return provider().byteLevelBpe(config(), Objects.requireNonNull(corpus, "corpus"), threads, listener);
        }

        /**
         * Trains the tokenizer on UTF-8 files, which are read as streams: memory grows only with the distinct
         * pre-tokens.
         *
         * @throws io.nanogpt.NanogptException if a file is not UTF-8, with the offset of the first invalid byte
         */
        public Tokenizer train(Path... files) {
            return provider()
                    .byteLevelBpe(config(), List.of(Objects.requireNonNull(files, "files")), threads, listener);
        }

        /**
         * Counts the pre-tokens of a UTF-8 text, as {@link #train(Path...)} does with a file.
         *
         * @param utf8 is read to its end as a stream, and stays open
         * @throws io.nanogpt.NanogptException if the text is not UTF-8, with the offset of the first invalid byte
         */
        public WordCounts count(InputStream utf8) {
            return provider().count(config(), Objects.requireNonNull(utf8, "utf8"), threads, listener);
        }

        /** Trains the tokenizer on counted pre-tokens; the result is that of {@link #train(Path...)} on their texts. */
        public Tokenizer train(WordCounts counts) {
            return provider().byteLevelBpe(config(), Objects.requireNonNull(counts, "counts"), listener);
        }

        /** Returns a copy of the settings without threads and listener. */
        public ByteLevelBpeConfig config() {
            return new ByteLevelBpeConfig(vocabularySize, specialTokens, pattern, ties, minimumFrequency);
        }
    }

    /** The treatment of characters outside the training text. */
    public enum UnknownCharacters {
        /** Refuses the text, naming the character and its position. The default. */
        ERROR,
        /** Skips the character. */
        SKIP,
        /** Encodes the character as {@code <unk>}, an extra last id. */
        REPLACE
    }

    /** A progress listener of BPE training. Called by one thread at a time, which may change. */
    public interface BpeTrainingListener {
        /**
         * Called after more text was split into pre-tokens and counted.
         *
         * @param bytes bytes read so far
         */
        default void counted(long bytes) {}

        /**
         * Called after a merge.
         *
         * @param merges merges so far
         * @param expected merges up to the vocabulary size
         */
        default void merged(int merges, int expected) {}
    }
}
