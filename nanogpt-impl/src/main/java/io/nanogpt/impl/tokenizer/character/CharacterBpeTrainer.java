package io.nanogpt.impl.tokenizer.character;

import io.nanogpt.impl.tokenizer.bpe.IntList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * Byte pair encoding over the characters of words (Sennrich et al. 2016, "Neural machine translation of rare words with
 * subword units") with the rules of the homework: the most frequent pair first, and among equals the one that is met
 * first, words in order of appearance and pairs from left to right.
 */
final class CharacterBpeTrainer {
    private final List<String> pieces = new ArrayList<>();
    private final Map<String, Integer> ids = new HashMap<>();
    /** The ids of the pieces of each word, in order of appearance. */
    private final List<int[]> words = new ArrayList<>();

    private final List<Long> counts = new ArrayList<>();
    private final Map<Long, Pair> pairs = new HashMap<>();

    /** Two pieces side by side. */
    private static final class Pair {
        private final int left;
        private final int right;
        private long count;
        /** Words that have the pair or had it. */
        private final IntList words = new IntList();

        Pair(int left, int right) {
            this.left = left;
            this.right = right;
        }
    }

    private CharacterBpeTrainer() {}

    /**
     * Learns a vocabulary.
     *
     * @param counts how often each word stands in the text, in order of appearance
     * @param vocabularySize the most pieces
     * @return the characters and the merged pieces, short ones first and equally long ones by code points
     */
    static List<String> train(Map<String, Long> counts, int vocabularySize) {
        TreeSet<String> alphabet = new TreeSet<>();
        counts.keySet().forEach(word -> {
            alphabet.addAll(characters(word));
            alphabet.addAll(characters(folded(word)));
        });
        if (vocabularySize < alphabet.size()) {
            throw new IllegalArgumentException("vocabularySize must be at least " + alphabet.size()
                    + ", the number of different characters of this text, but is " + vocabularySize);
        }
        CharacterBpeTrainer trainer = new CharacterBpeTrainer();
        alphabet.forEach(trainer::id);
        Map<String, Long> folded = new LinkedHashMap<>();
        counts.forEach((word, count) -> folded.merge(folded(word), count, Long::sum));
        folded.forEach(trainer::add);
        while (trainer.pieces.size() < vocabularySize && trainer.mergeBest()) {
            // Each merge adds a piece, or one that another merge has made before.
        }
        List<String> vocabulary = new ArrayList<>(trainer.pieces);
        vocabulary.sort(Comparator.comparingInt((String piece) -> piece.codePointCount(0, piece.length()))
                .thenComparing(Comparator.naturalOrder()));
        return vocabulary;
    }

    /** As Python's {@code isupper}: a cased character, and none that is not a capital. */
    private static String folded(String word) {
        boolean capital = word.chars().anyMatch(Character::isUpperCase);
        boolean other = word.chars().anyMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
        return capital && !other ? word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT) : word;
    }

    private static List<String> characters(String word) {
        return word.codePoints().mapToObj(Character::toString).toList();
    }

    private int id(String piece) {
        Integer known = ids.putIfAbsent(piece, pieces.size());
        if (known == null) {
            pieces.add(piece);
        }
        return known == null ? pieces.size() - 1 : known;
    }

    private void add(String word, long count) {
        words.add(characters(word).stream().mapToInt(this::id).toArray());
        counts.add(count);
        countPairs(words.size() - 1, 1);
    }

    private void countPairs(int word, int sign) {
        int[] symbols = words.get(word);
        for (int i = 0; i + 1 < symbols.length; i++) {
            int left = symbols[i];
            int right = symbols[i + 1];
            Pair pair = pairs.computeIfAbsent(key(left, right), missing -> new Pair(left, right));
            pair.count += sign * counts.get(word);
            if (sign > 0) {
                pair.words.add(word);
            }
        }
    }

    private static long key(int left, int right) {
        return (long) left << Integer.SIZE | right;
    }

    private boolean mergeBest() {
        long most = 0;
        List<Pair> best = new ArrayList<>();
        for (Pair pair : pairs.values()) {
            if (pair.count > most) {
                most = pair.count;
                best.clear();
            }
            if (pair.count == most && most > 0) {
                best.add(pair);
            }
        }
        if (best.isEmpty()) {
            return false;
        }
        merge(
                best.size() == 1
                        ? best.get(0)
                        : best.stream()
                                .min(Comparator.comparingLong(this::firstPlace))
                                .orElseThrow());
        return true;
    }

    /** Where a pair stands first: the word in the upper half, the place in the word in the lower. */
    private long firstPlace(Pair pair) {
        long first = Long.MAX_VALUE;
        for (int i = 0; i < pair.words.size(); i++) {
            int word = pair.words.get(i);
            int place = word < first >>> Integer.SIZE ? place(words.get(word), pair) : -1;
            if (place >= 0) {
                first = (long) word << Integer.SIZE | place;
            }
        }
        return first;
    }

    private static int place(int[] symbols, Pair pair) {
        for (int i = 0; i + 1 < symbols.length; i++) {
            if (symbols[i] == pair.left && symbols[i + 1] == pair.right) {
                return i;
            }
        }
        return -1;
    }

    private void merge(Pair pair) {
        int merged = id(pieces.get(pair.left) + pieces.get(pair.right));
        for (int i = 0; i < pair.words.size(); i++) {
            int word = pair.words.get(i);
            int[] symbols = words.get(word);
            if (place(symbols, pair) >= 0) {
                countPairs(word, -1);
                words.set(word, merged(symbols, pair, merged));
                countPairs(word, 1);
            }
        }
        pairs.remove(key(pair.left, pair.right));
    }

    private static int[] merged(int[] symbols, Pair pair, int merged) {
        int[] shorter = new int[symbols.length];
        int count = 0;
        for (int i = 0; i < symbols.length; i++) {
            boolean here = i + 1 < symbols.length && symbols[i] == pair.left && symbols[i + 1] == pair.right;
            shorter[count++] = here ? merged : symbols[i];
            i += here ? 1 : 0;
        }
        return Arrays.copyOf(shorter, count);
    }
}
