package io.nanogpt.impl.tokenizer.character;

import io.nanogpt.NanogptInterruptedException;
import io.nanogpt.impl.tokenizer.bpe.IntList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;

/**
 * Trains character BPE: byte pair encoding over the characters of pre-tokens (Sennrich et al. 2016, "Neural machine
 * translation of rare words with subword units") with the rules of the homework: the most frequent pair first, and
 * among equals the one that occurs first, pre-tokens in order of appearance and pairs from left to right.
 */
final class CharacterBpeTrainer {
    private static final int NONE = -1;
    private static final String OPERATION = "the training of the tokenizer";

    private final List<String> pieces = new ArrayList<>();
    private final Map<String, Integer> ids = new HashMap<>();

    /** The concatenated pre-tokens: the piece at each place, its neighbours, and how often its pre-token occurs. */
    private final int[] symbols;

    private final int[] next;
    private final int[] previous;
    private final long[] occurrences;
    private int size;

    private final Map<Long, Pair> pairs = new HashMap<>();
    /** The pairs by what they were when they were added; what they are now is never better. */
    private final PriorityQueue<Rank> best = new PriorityQueue<>();

    /** Two adjacent pieces. */
    private static final class Pair {
        private final int left;
        private final int right;
        private long count;
        /** Places where the pair is or was. */
        private final IntList places = new IntList();
        /** The index of the first of them at which it may still be. */
        private int first;
        /** Whether the places are in order. */
        private boolean sorted = true;
        /** Whether it is to be ranked anew. */
        private boolean grown;

        Pair(int left, int right) {
            this.left = left;
            this.right = right;
        }
    }

    /** A count and a first place: of pairs that occur as often, the one that occurs first comes first. */
    private record Rank(long count, int place, Pair pair) implements Comparable<Rank> {
        @Override
        public int compareTo(Rank other) {
            return count != other.count ? Long.compare(other.count, count) : Integer.compare(place, other.place);
        }
    }

    private CharacterBpeTrainer(int characters) {
        symbols = new int[characters];
        next = new int[characters];
        previous = new int[characters];
        occurrences = new long[characters];
    }

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
            addCharacters(pretoken, alphabet);
            addCharacters(folded(pretoken), alphabet);
        });
        if (vocabularySize < alphabet.size()) {
            throw new IllegalArgumentException("vocabularySize must be at least " + alphabet.size()
                    + ", the number of different characters of this text, but is " + vocabularySize);
        }
        Map<String, Long> folded = new LinkedHashMap<>();
        counts.forEach((pretoken, count) -> folded.merge(folded(pretoken), count, Long::sum));
        CharacterBpeTrainer trainer = new CharacterBpeTrainer(folded.keySet().stream()
                .mapToInt(pretoken -> pretoken.codePointCount(0, pretoken.length()))
                .reduce(0, Math::addExact));
        alphabet.forEach(trainer::id);
        folded.forEach(trainer::add);
        trainer.countPairs();
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

    private static void addCharacters(String pretoken, Set<String> alphabet) {
        pretoken.codePoints().distinct().mapToObj(Character::toString).forEach(alphabet::add);
    }

    private int id(String piece) {
        Integer known = ids.putIfAbsent(piece, pieces.size());
        if (known == null) {
            pieces.add(piece);
        }
        return known == null ? pieces.size() - 1 : known;
    }

    private void add(String pretoken, long count) {
        int begin = size;
        for (int i = 0; i < pretoken.length(); ) {
            int codePoint = pretoken.codePointAt(i);
            i += Character.charCount(codePoint);
            symbols[size] = id(Character.toString(codePoint));
            previous[size] = size == begin ? NONE : size - 1;
            next[size] = i == pretoken.length() ? NONE : size + 1;
            occurrences[size] = count;
            size++;
        }
    }

    private void countPairs() {
        for (int place = 0; place < size; place++) {
            if (next[place] != NONE) {
                gain(place);
            }
        }
        pairs.values().forEach(this::rank);
    }

    private static long key(int left, int right) {
        return (long) left << Integer.SIZE | right;
    }

    /** Counts the pair that begins at a place; returns it. */
    private Pair gain(int place) {
        int left = symbols[place];
        int right = symbols[next[place]];
        Pair pair = pairs.computeIfAbsent(key(left, right), missing -> new Pair(left, right));
        pair.count += occurrences[place];
        IntList places = pair.places;
        pair.sorted &= places.size() == 0 || places.get(places.size() - 1) < place;
        places.add(place);
        return pair;
    }

    private void lose(int place) {
        Pair pair = pairs.get(key(symbols[place], symbols[next[place]]));
        if (pair != null) {
            pair.count -= occurrences[place];
        }
    }

    private boolean isAt(Pair pair, int place) {
        return symbols[place] == pair.left && next[place] != NONE && symbols[next[place]] == pair.right;
    }

    private void rank(Pair pair) {
        pair.grown = false;
        if (pair.count > 0) {
            best.add(new Rank(pair.count, firstPlace(pair), pair));
        }
    }

    /** The first place of a pair that occurs. */
    private int firstPlace(Pair pair) {
        if (!pair.sorted) {
            pair.places.sortFrom(pair.first);
            pair.sorted = true;
        }
        while (!isAt(pair, pair.places.get(pair.first))) {
            pair.first++;
        }
        return pair.places.get(pair.first);
    }

    private boolean mergeBest() {
        NanogptInterruptedException.check(OPERATION);
        for (Rank rank = best.poll(); rank != null; rank = best.poll()) {
            Pair pair = rank.pair();
            if (pair.count == rank.count() && firstPlace(pair) == rank.place()) {
                merge(pair);
                return true;
            }
            rank(pair);
        }
        return false;
    }

    private void merge(Pair pair) {
        int merged = id(pieces.get(pair.left) + pieces.get(pair.right));
        pairs.remove(key(pair.left, pair.right));
        List<Pair> gained = new ArrayList<>();
        for (int i = pair.first; i < pair.places.size(); i++) {
            int place = pair.places.get(i);
            if (isAt(pair, place)) {
                join(place, merged, gained);
            }
        }
        pair.count = 0;
        gained.forEach(this::rank);
    }

    private void join(int place, int merged, List<Pair> gained) {
        int right = next[place];
        int after = next[right];
        int before = previous[place];
        if (before != NONE) {
            lose(before);
        }
        if (after != NONE) {
            lose(right);
            previous[after] = place;
        }
        symbols[place] = merged;
        symbols[right] = NONE;
        next[place] = after;
        if (before != NONE) {
            gain(before, gained);
        }
        if (after != NONE) {
            gain(place, gained);
        }
    }

    private void gain(int place, List<Pair> gained) {
        Pair pair = gain(place);
        if (!pair.grown) {
            pair.grown = true;
            gained.add(pair);
        }
    }
}
