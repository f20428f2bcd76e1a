package io.nanogpt.tokenizer;

import io.nanogpt.data.Corpus;
import io.nanogpt.spi.Library;
import io.nanogpt.spi.TokenizerProvider;
import io.nanogpt.tokenizer.ByteLevelBpeConfig.TieRule;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Builders and readers of tokenizers.
 *
 * <pre>{@code
 * Tokenizer characters = Tokenizers.characters().unknown(Tokenizers.UnknownCharacters.SKIP).train(corpus);
 * Tokenizer bpe = Tokenizers.byteLevelBpe().vocabularySize(10_000).specialTokens("<|endoftext|>").train(Path.of("a.txt"));
 * Tokenizer gpt2 = Tokenizers.load(Path.of("gpt2/tokenizer.json"));
 * }</pre>
 */
public final class Tokenizers {
    private Tokenizers() {}

    /** One token per distinct code point, in code point order. */
    public static Characters characters() {
        return new Characters(UnknownCharacters.ERROR);
    }

    /**
     * The tokenizer of a homework: byte pair encoding over the characters of GPT-2's words in its byte alphabet, counted
     * with words in capitals lowered; encoded greedily by the longest piece. Line breaks have no ids.
     */
    public static CharacterBpe characterBpe() {
        return new CharacterBpe(CharacterBpe.DEFAULT_VOCABULARY);
    }

    /** One token per word between white space, and {@code <unk>} for all others. White space has no ids. */
    public static Words words() {
        return new Words(Integer.MAX_VALUE, 1);
    }

    /** One token per distinct integer of a text of integers between white space, in their order: for toy sequences. */
    public static Integers integers() {
        return new Integers();
    }

    /** Byte pair encoding over the bytes of UTF-8, as GPT-2 has it. */
    public static ByteLevelBpe byteLevelBpe() {
        return new ByteLevelBpe();
    }

    /**
     * Reads a tokenizer: a {@code tokenizer.json}; a {@code .tiktoken} file with one of OpenAI's names, such as
     * {@code cl100k_base.tiktoken}; or a folder with a {@code tokenizer.json} or with GPT-2's {@code vocab.json} and
     * {@code merges.txt}.
     *
     * @throws io.nanogpt.NanogptException if the file is none of these, is broken, or needs a feature that this library
     *     lacks, which the message names
     */
    public static Tokenizer load(Path path) {
        return provider().load(Objects.requireNonNull(path, "path"));
    }

    /**
     * Reads a {@code .tiktoken} file: a line {@code base64 rank} for each token; the rank is the id.
     *
     * @param specialTokens and their ids
     */
    public static Tokenizer loadTiktoken(Path file, SplitPattern pattern, Map<String, Integer> specialTokens) {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(pattern, "pattern");
        Objects.requireNonNull(specialTokens, "specialTokens");
        return provider().loadTiktoken(file, pattern, specialTokens);
    }

    /**
     * Reads the two files of GPT-2.
     *
     * @param specialTokens those that the vocabulary has, as {@code <|endoftext|>}
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

    /** Settings of a character tokenizer. Immutable: each method returns a new one. */
    public static final class Characters {
        private final UnknownCharacters unknown;

        private Characters(UnknownCharacters unknown) {
            this.unknown = unknown;
        }

        /** What to do with characters that the corpus does not have; {@link UnknownCharacters#ERROR} by default. */
        public Characters unknown(UnknownCharacters policy) {
            return new Characters(Objects.requireNonNull(policy, "policy"));
        }

        /** Learns the vocabulary of a corpus. */
        public Tokenizer train(Corpus corpus) {
            return provider().characters(Objects.requireNonNull(corpus, "corpus"), unknown);
        }
    }

    /** Settings of the training of a longest-match tokenizer. Immutable: each method returns a new one. */
    public static final class CharacterBpe {
        private static final int DEFAULT_VOCABULARY = 500;

        private final int vocabularySize;

        private CharacterBpe(int vocabularySize) {
            this.vocabularySize = vocabularySize;
        }

        /** The most ids; 500 by default. */
        public CharacterBpe vocabularySize(int value) {
            return new CharacterBpe(atLeastOne("vocabularySize", value));
        }

        /**
         * Learns the characters of a corpus and the pieces that are merged from them.
         *
         * @throws IllegalArgumentException if there are more characters than the vocabulary has room for
         */
        public Tokenizer train(Corpus corpus) {
            return provider().characterBpe(Objects.requireNonNull(corpus, "corpus"), vocabularySize);
        }
    }

    /** Settings of the training of a word tokenizer. Immutable: each method returns a new one. */
    public static final class Words {
        private final int vocabularySize;
        private final int minimumFrequency;

        private Words(int vocabularySize, int minimumFrequency) {
            this.vocabularySize = vocabularySize;
            this.minimumFrequency = minimumFrequency;
        }

        /** The most ids, {@code <unk>} included; the most frequent words have them. No limit by default. */
        public Words vocabularySize(int value) {
            return new Words(atLeastOne("vocabularySize", value), minimumFrequency);
        }

        /** Words that are rarer become {@code <unk>}; 1 by default. */
        public Words minimumFrequency(int value) {
            return new Words(vocabularySize, atLeastOne("minimumFrequency", value));
        }

        /** Learns the words of a corpus. */
        public Tokenizer train(Corpus corpus) {
            return provider().words(Objects.requireNonNull(corpus, "corpus"), vocabularySize, minimumFrequency);
        }
    }

    /** A tokenizer of integers, which has no settings. */
    public static final class Integers {
        private Integers() {}

        /**
         * Learns the integers of a corpus.
         *
         * @throws IllegalArgumentException if something else stands in it
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

    /** Settings of the training of a byte-level BPE tokenizer. */
    public static final class ByteLevelBpe {
        private int vocabularySize = 10_000;
        private List<String> specialTokens = List.of();
        private SplitPattern pattern = SplitPattern.GPT2;
        private TieRule ties = TieRule.CS336;
        private int minimumFrequency = 1;
        private int threads = Runtime.getRuntime().availableProcessors();
        private BpeTrainingListener listener = new BpeTrainingListener() {};

        private ByteLevelBpe() {}

        /** The most ids, the 256 bytes and the special tokens included; 10,000 by default. */
        public ByteLevelBpe vocabularySize(int value) {
            vocabularySize = value;
            return this;
        }

        /** Cut out of the text before anything else and never merged; none by default. Their ids come first. */
        public ByteLevelBpe specialTokens(String... tokens) {
            specialTokens = List.copyOf(Arrays.asList(Objects.requireNonNull(tokens, "tokens")));
            return this;
        }

        /** Cuts the text into the pieces within which pairs are merged; {@link SplitPattern#GPT2} by default. */
        public ByteLevelBpe pattern(SplitPattern value) {
            pattern = Objects.requireNonNull(value, "pattern");
            return this;
        }

        /** Which of equally frequent pairs comes first; {@link TieRule#CS336} by default. */
        public ByteLevelBpe ties(TieRule value) {
            ties = Objects.requireNonNull(value, "ties");
            return this;
        }

        /** Pairs that are rarer are not merged; 1 by default. */
        public ByteLevelBpe minimumFrequency(int value) {
            minimumFrequency = value;
            return this;
        }

        /** Threads that cut and count; all processors by default. The result does not depend on it. */
        public ByteLevelBpe threads(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("threads must be at least 1, but is " + value);
            }
            threads = value;
            return this;
        }

        /** Hears of the progress. */
        public ByteLevelBpe listener(BpeTrainingListener value) {
            listener = Objects.requireNonNull(value, "listener");
            return this;
        }

        /** Trains on the text of a corpus, its separators included. */
        public Tokenizer train(Corpus corpus) {
            return provider().byteLevelBpe(config(), Objects.requireNonNull(corpus, "corpus"), threads, listener);
        }

        /**
         * Trains on files of UTF-8, which are read as streams: memory grows with the distinct words alone.
         *
         * @throws io.nanogpt.NanogptException if a file is not UTF-8, with the offset of the first byte that is wrong
         */
        public Tokenizer train(Path... files) {
            return provider()
                    .byteLevelBpe(config(), List.of(Objects.requireNonNull(files, "files")), threads, listener);
        }

        private ByteLevelBpeConfig config() {
            return new ByteLevelBpeConfig(vocabularySize, specialTokens, pattern, ties, minimumFrequency);
        }
    }

    /** What encoding does with a character that the training text did not have. */
    public enum UnknownCharacters {
        /** Refuses the text, naming the character and its position. The default. */
        ERROR,
        /** Leaves the character out. */
        SKIP,
        /** Encodes it as {@code <unk>}, an extra last id. */
        REPLACE
    }

    /** Hears how far the training of a byte pair encoding is. Called from one thread at a time, but not always the same. */
    public interface BpeTrainingListener {
        /**
         * More text was cut into words and counted.
         *
         * @param bytes that were read so far
         */
        default void counted(long bytes) {}

        /**
         * Another pair was merged.
         *
         * @param merges done so far
         * @param expected merges that the vocabulary has room for
         */
        default void merged(int merges, int expected) {}
    }
}
