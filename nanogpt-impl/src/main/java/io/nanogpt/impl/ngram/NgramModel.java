package io.nanogpt.impl.ngram;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An interpolated Kneser-Ney model: the probability of a token after a context is its discounted share of what followed
 * the context, plus the rest times the probability after the context without its first token. The longest context that
 * there is takes occurrences; shorter ones take the number of distinct tokens before each n-gram (Kneser and Ney 1995).
 * Tokens are interpolated with the uniform distribution. One set of counts holds the models of every order up to its
 * own. Immutable.
 */
public final class NgramModel {
    private final int vocabulary;
    private final List<NgramLevel> levels;
    /** By occurrences, of the longest context; by length of the context. */
    private final Followers[] longest;
    /** By distinct tokens before, of the shorter contexts; by length of the context. */
    private final Followers[] shorter;

    /**
     * Prepares the probabilities.
     *
     * @param levels from {@link NgramCounter}
     */
    public NgramModel(int vocabulary, List<NgramLevel> levels) {
        this.vocabulary = vocabulary;
        this.levels = List.copyOf(levels);
        int order = levels.size();
        longest = new Followers[order];
        shorter = new Followers[order - 1];
        List<int[]> before = tokensBefore();
        for (int length = 0; length < order; length++) {
            longest[length] =
                    Followers.of(levels.get(length), levels.get(length).counts());
            if (length < order - 1) {
                shorter[length] = Followers.of(levels.get(length), before.get(length));
            }
        }
    }

    /**
     * Counts a text.
     *
     * @param text token ids below the vocabulary, and {@link NgramCounter#BOUNDARY}
     */
    public static NgramModel of(int[] text, int vocabulary, int order) {
        return new NgramModel(vocabulary, NgramCounter.count(text, vocabulary, order, Long.MAX_VALUE));
    }

    /** For every level but the last, the number of distinct tokens that precede each n-gram. */
    private List<int[]> tokensBefore() {
        List<int[]> all = new ArrayList<>();
        int[] suffixes = new int[levels.get(0).size()]; // Without its first token, a single one is the empty n-gram.
        for (int n = 2; n <= levels.size(); n++) {
            NgramLevel shorterOnes = levels.get(n - 2);
            NgramLevel level = levels.get(n - 1);
            int[] before = new int[shorterOnes.size()];
            int[] next = new int[level.size()];
            for (int parent = 0; parent < shorterOnes.size(); parent++) {
                for (int child = level.first()[parent]; child < level.first()[parent + 1]; child++) {
                    int suffix = shorterOnes.child(suffixes[parent], level.tokens()[child]);
                    if (suffix < 0) {
                        throw new IllegalArgumentException("a counted n-gram of length " + n
                                + " ends with one of length " + (n - 1) + " that was not counted");
                    }
                    next[child] = suffix;
                    before[suffix]++;
                }
            }
            all.add(before);
            suffixes = next;
        }
        return all;
    }

    /** The length of the longest n-grams. */
    public int order() {
        return levels.size();
    }

    /** The number of token ids. */
    public int vocabulary() {
        return vocabulary;
    }

    /** The counts, by length from 1. */
    public List<NgramLevel> levels() {
        return levels;
    }

    /** The number of distinct n-grams of all lengths. */
    public long size() {
        return levels.stream().mapToLong(NgramLevel::size).sum();
    }

    /** The last tokens of a text, as the n-grams that they are. */
    final class Context {
        /** By length the n-gram of the last tokens; -1 if it was not counted. */
        private final int[] ngrams = new int[order()];

        private int known;

        /** Removes all tokens. */
        void reset() {
            known = 0;
        }

        /** Appends a token. */
        void append(int token) {
            known = Math.min(known + 1, order() - 1);
            for (int length = known; length >= 1; length--) {
                int parent = ngrams[length - 1];
                ngrams[length] = parent < 0 ? -1 : levels.get(length - 1).child(parent, token);
            }
        }

        /**
         * The probabilities of a token in the models of each order, from 1; those of longer orders than the context
         * allows are those of the longest that it does.
         */
        void probabilities(int token, double[] byOrder) {
            double lower = 1.0 / vocabulary;
            int length = 0;
            for (; length <= known && ngrams[length] >= 0; length++) {
                int context = ngrams[length];
                int child = levels.get(length).child(context, token);
                byOrder[length] = longest[length].probability(context, child, lower);
                if (length < known) {
                    lower = shorter[length].probability(context, child, lower);
                }
            }
            double rest = length > known ? byOrder[known] : lower;
            for (; length < byOrder.length; length++) {
                byOrder[length] = rest;
            }
        }

        /** The probabilities of all tokens in the model of the greatest order. */
        void distribution(double[] probabilities) {
            Arrays.fill(probabilities, 1.0 / vocabulary);
            for (int length = 0; length <= known && ngrams[length] >= 0; length++) {
                Followers followers = length == known ? longest[length] : shorter[length];
                followers.interpolate(ngrams[length], probabilities);
            }
        }
    }
}
