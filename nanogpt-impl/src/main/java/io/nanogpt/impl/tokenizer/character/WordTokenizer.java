package io.nanogpt.impl.tokenizer.character;

import io.nanogpt.NanogptInterruptedException;
import io.nanogpt.impl.tokenizer.bpe.BlockTokenStream;
import io.nanogpt.impl.tokenizer.bpe.TextBlocks;
import io.nanogpt.impl.tokenizer.format.TokenizerJson;
import io.nanogpt.impl.tokenizer.format.WordFile;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizer.IncrementalDecoder;
import io.nanogpt.tokenizer.Tokenizer.TokenStream;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One id per word between white space. White space has no ids: decoded text has one space between words. */
public final class WordTokenizer implements Tokenizer {
    static final String UNKNOWN = "<unk>";

    /** Unicode white space, whose characters have not changed in recent versions. */
    private static final Pattern SPACES = Pattern.compile("\\p{IsWhite_Space}+");

    private static final int WORDS_BETWEEN_CHECKS = 1 << 16;

    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,1000}");

    private final List<String> words;
    private final Map<String, Integer> ids;
    private final String unknown;
    /** Null if unknown words are refused. */
    private final @Nullable Integer unknownId;

    /**
     * Creates a tokenizer.
     *
     * @param words by id, none twice
     * @param unknown the word that replaces all others; if it is not among the words, others are refused
     */
    public WordTokenizer(List<String> words, String unknown) {
        this.words = List.copyOf(words);
        ids = new HashMap<>();
        for (String word : words) {
            ids.put(word, ids.size());
        }
        this.unknown = unknown;
        unknownId = ids.get(unknown);
    }

    /**
     * Learns words: {@code <unk>} first, then those that occur often enough, frequent ones first and equally frequent
     * ones in the order of the text.
     */
    public static WordTokenizer trainWords(String text, int vocabularySize, int minimumFrequency) {
        Map<String, Long> counts = new LinkedHashMap<>();
        split(text).forEach(word -> counts.merge(word, 1L, Long::sum));
        counts.remove(UNKNOWN);
        List<String> words = new ArrayList<>(List.of(UNKNOWN));
        counts.entrySet().stream()
                .filter(entry -> entry.getValue() >= minimumFrequency)
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(vocabularySize - 1)
                .forEach(entry -> words.add(entry.getKey()));
        if (words.size() == 1) {
            throw new IllegalArgumentException("no word of the corpus occurs " + minimumFrequency
                    + " times or more; give more text or a lower minimumFrequency");
        }
        return new WordTokenizer(words, UNKNOWN);
    }

    /** Learns the distinct integers of a text, in ascending order. */
    public static WordTokenizer trainIntegers(String text) {
        TreeMap<BigInteger, String> integers = new TreeMap<>();
        for (String word : split(text)) {
            if (!INTEGER.matcher(word).matches()) {
                throw new IllegalArgumentException("expected integers between white space, but found "
                        + (word.length() <= 40 ? word : word.substring(0, 40) + "...")
                        + "; learn words instead of integers, or take it out");
            }
            String before = integers.putIfAbsent(new BigInteger(word), word);
            if (before != null && !before.equals(word)) {
                throw new IllegalArgumentException(
                        "the corpus writes one integer in two ways, " + before + " and " + word + "; write it in one");
            }
        }
        if (integers.isEmpty()) {
            throw new IllegalArgumentException("the corpus has no integer; give text to learn from");
        }
        return new WordTokenizer(List.copyOf(integers.values()), UNKNOWN);
    }

    private static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        SPACES.splitAsStream(text).filter(word -> !word.isEmpty()).forEach(word -> {
            words.add(word);
            if (words.size() % WORDS_BETWEEN_CHECKS == 0) {
                NanogptInterruptedException.check("reading the text");
            }
        });
        return words;
    }

    /** The words by id. */
    public List<String> words() {
        return words;
    }

    /** The word that replaces all others; if it is not among the words, others are refused. */
    public String unknown() {
        return unknown;
    }

    @Override
    public int vocabularySize() {
        return words.size();
    }

    @Override
    public int[] encode(String text) {
        return split(text).stream().mapToInt(this::id).toArray();
    }

    private int id(String word) {
        Integer id = ids.getOrDefault(word, unknownId);
        if (id == null) {
            throw new IllegalArgumentException("the text has \""
                    + (word.length() <= 40 ? word : word.substring(0, 40) + "...")
                    + "\", which is none of the " + words.size() + " words of the vocabulary; take it out, or train the"
                    + " tokenizer on text that has it");
        }
        return id;
    }

    @Override
    public String decode(int... ids) {
        List<String> text = new ArrayList<>(ids.length);
        for (int id : ids) {
            if (id < 0 || id >= words.size()) {
                throw new IllegalArgumentException("token ids must be from 0 to " + (words.size() - 1)
                        + " for this vocabulary of " + words.size() + " words, but one is " + id);
            }
            text.add(words.get(id));
        }
        return String.join(" ", text);
    }

    @Override
    public IncrementalDecoder incrementalDecoder() {
        return new Spaced(this, false);
    }

    @Override
    public boolean canEncode(String text) {
        return unknownId != null || split(text).stream().allMatch(ids::containsKey);
    }

    @Override
    public TokenStream stream(InputStream utf8, int threads) {
        return BlockTokenStream.of(this, TextBlocks.Cutter::afterLine, utf8, threads);
    }

    @Override
    public String toJson() {
        return WordFile.text(this);
    }

    @Override
    public void save(Path file) {
        TokenizerJson.save(toJson(), file);
    }

    /** Puts the space before every word but the first. */
    private static final class Spaced implements IncrementalDecoder {
        private final WordTokenizer words;
        private boolean begun;

        Spaced(WordTokenizer words, boolean begun) {
            this.words = words;
            this.begun = begun;
        }

        @Override
        public String add(int id) {
            String word = words.decode(id);
            String text = begun ? " " + word : word;
            begun = true;
            return text;
        }

        @Override
        public boolean isPending() {
            return false;
        }

        @Override
        public IncrementalDecoder copy() {
            return new Spaced(words, begun);
        }

        @Override
        public String finish() {
            begun = false;
            return "";
        }
    }
}
