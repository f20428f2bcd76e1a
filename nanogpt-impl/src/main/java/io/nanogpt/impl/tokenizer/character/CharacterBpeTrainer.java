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
 * Trains character BPE: byte pair encoding over the characters of pre-tokens (Sennrich et al. 2016, "Neural machine
 * translation of rare words with subword units") with the rules of the homework: the most frequent pair first, and
 * among equals the one that occurs first, pre-tokens in order of appearance and pairs from left to right.
 */
final class CharacterBpeTrainer {
    private final List<String> pieces = new ArrayList<>();
    private final Map<String, Integer> ids = new HashMap<>();
    /** The ids of the pieces of each pre-token, in order of appearance. */
    private final List<int[]> pretokens = new ArrayList<>();

    private final List<Long> counts = new ArrayList<>();
    private final Map<Long, Pair> pairs = new HashMap<>();

    /** Two adjacent pieces. */
    private static final class Pair {
        private final int left;
        private final int right;
        private long count;
        /** Pre-tokens that have or had the pair. */
        private final IntList pretokens = new IntList();

        Pair(int left, int right) {
            this.left = left;
            this.right = right;
        }
    }

    private CharacterBpeTrainer() {}

    /**
     * Learns a vocabulary.
     *
     * @param counts occurrences of each pre-token in the text, in order of appearance
     * @param vocabularySize the largest number of pieces
     * @return the characters and the merged pieces, short ones first and equally long ones by code points
     */
    static List<String> train(Map<String, Long> counts, int vocabularySize) {
        TreeSet<String> alphabet = new TreeSet<>();
        counts.keySet().forEach(pretoken -> {
            alphabet.addAll(characters(pretoken));
            alphabet.addAll(characters(folded(pretoken)));
        });
        if (vocabularySize < alphabet.size()) {
            throw new IllegalArgumentException("vocabularySize must be at least " + alphabet.size()
                    + ", the number of different characters of this text, but is " + vocabularySize);
        }
        CharacterBpeTrainer trainer = new CharacterBpeTrainer();
        alphabet.forEach(trainer::id);
        Map<String, Long> folded = new LinkedHashMap<>();
        counts.forEach((pretoken, count) -> folded.merge(folded(pretoken), count, Long::sum));
        folded.forEach(trainer::add);
        while (trainer.pieces.size() < vocabularySize && trainer.mergeBest()) {
            // Each merge adds a piece, or forms one that another merge has formed before.
        }
        List<String> vocabulary = new ArrayList<>(trainer.pieces);
        vocabulary.sort(Comparator.comparingInt((String piece) -> piece.codePointCount(0, piece.length()))
                .thenComparing(Comparator.naturalOrder()));
        return vocabulary;
    }

    /**
     * Lowers all but the first character of a pre-token that is upper case as in Python's {@code isupper}: it has a
     * cased character, and none that is not a capital.
     */
    private static String folded(String pretoken) {
        boolean capital = pretoken.chars().anyMatch(Character::isUpperCase);
        boolean other = pretoken.chars().anyMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
        return capital && !other ? pretoken.charAt(0) + pretoken.substring(1).toLowerCase(Locale.ROOT) : pretoken;
    }

    private static List<String> characters(String pretoken) {
        return pretoken.codePoints().mapToObj(Character::toString).toList();
    }

    private int id(String piece) {
        Integer known = ids.putIfAbsent(piece, pieces.size());
        if (known == null) {
            pieces.add(piece);
        }
        return known == null ? pieces.size() - 1 : known;
    }

    private void add(String pretoken, long count) {
        pretokens.add(characters(pretoken).stream().mapToInt(this::id).toArray());
        counts.add(count);
        countPairs(pretokens.size() - 1, 1);
    }

    private void countPairs(int pretoken, int sign) {
        int[] symbols = pretokens.get(pretoken);
        for (int i = 0; i + 1 < symbols.length; i++) {
            int left = symbols[i];
            int right = symbols[i + 1];
            Pair pair = pairs.computeIfAbsent(key(left, right), missing -> new Pair(left, right));
            pair.count += sign * counts.get(pretoken);
            if (sign > 0) {
                pair.pretokens.add(pretoken);
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

    /** The first occurrence of a pair: the pre-token in the upper half, the place in it in the lower. */
    private long firstPlace(Pair pair) {
        long first = Long.MAX_VALUE;
        for (int i = 0; i < pair.pretokens.size(); i++) {
            int pretoken = pair.pretokens.get(i);
            int place = pretoken < first >>> Integer.SIZE ? place(pretokens.get(pretoken), pair) : -1;
            if (place >= 0) {
                first = (long) pretoken << Integer.SIZE | place;
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
        for (int i = 0; i < pair.pretokens.size(); i++) {
            int pretoken = pair.pretokens.get(i);
            int[] symbols = pretokens.get(pretoken);
            if (place(symbols, pair) >= 0) {
                countPairs(pretoken, -1);
                pretokens.set(pretoken, merged(symbols, pair, merged));
                countPairs(pretoken, 1);
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
