package io.nanogpt.impl.ngram;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Counts the n-grams of a text. The positions of n-grams are sorted by the n-grams they start, one length after the
 * other: sorted by the tokens of length n, one stable counting sort by the token before each position sorts them for
 * length n+1. So counts are exact, without hashing, and a length costs three passes over the text and 20 bytes a token.
 */
public final class NgramCounter {
    /** In a text, ends what is before it; not a token. No n-gram spans it. */
    public static final int BOUNDARY = -1;

    private final int[] text;
    private final int vocabulary;
    /** The starts of the n-grams of the current length, sorted by n-gram; {@code length} of them. */
    private int[] sorted;

    private int[] spare;
    private int length;
    /** For each position the index of the n-gram of the current length that starts there; -1 if none does. */
    private int[] ids;

    private int[] nextIds;

    private NgramCounter(int[] text, int vocabulary) {
        this.text = text;
        this.vocabulary = vocabulary;
        sorted = new int[text.length];
        spare = new int[text.length];
        ids = new int[text.length];
        nextIds = new int[text.length];
    }

    /**
     * Counts the n-grams of every length up to an order.
     *
     * @param text token ids below the vocabulary, and {@link #BOUNDARY}
     * @param order the greatest length, at least 1
     * @param most the greatest number of distinct n-grams of all lengths together; lengths that would exceed it are
     *     omitted
     * @return the levels of length 1, 2 and so on: at least one
     */
    public static List<NgramLevel> count(int[] text, int vocabulary, int order, long most) {
        NgramCounter counter = new NgramCounter(text, vocabulary);
        List<NgramLevel> levels = new ArrayList<>();
        levels.add(counter.tokens());
        long total = levels.get(0).size();
        while (levels.size() < order) {
            counter.sortByTokenBefore();
            int distinct = counter.number();
            total += distinct;
            if (total > most) {
                break;
            }
            levels.add(counter.level(
                    levels.size() + 1, levels.get(levels.size() - 1).size(), distinct));
        }
        return levels;
    }

    private NgramLevel tokens() {
        int[] ends = new int[vocabulary + 1];
        for (int token : text) {
            if (token != BOUNDARY) {
                ends[token + 1]++;
            }
        }
        int distinct = 0;
        for (int token = 0; token < vocabulary; token++) {
            distinct += ends[token + 1] > 0 ? 1 : 0;
            ends[token + 1] += ends[token];
        }
        length = ends[vocabulary];
        for (int position = 0; position < text.length; position++) {
            if (text[position] != BOUNDARY) {
                sorted[ends[text[position]]++] = position;
            }
        }
        int[] tokens = new int[distinct];
        int[] counts = new int[distinct];
        Arrays.fill(ids, -1);
        int id = -1;
        int previous = -1;
        for (int i = 0; i < length; i++) {
            int token = text[sorted[i]];
            if (token != previous) {
                tokens[++id] = token;
                previous = token;
            }
            counts[id]++;
            ids[sorted[i]] = id;
        }
        return new NgramLevel(tokens, counts, new int[] {0, distinct});
    }

    /** Sorts the positions before the current ones, which start n-grams of the next length. */
    private void sortByTokenBefore() {
        int[] ends = new int[vocabulary + 1];
        for (int i = 0; i < length; i++) {
            int before = sorted[i] - 1;
            if (before >= 0 && text[before] != BOUNDARY) {
                ends[text[before] + 1]++;
            }
        }
        for (int token = 0; token < vocabulary; token++) {
            ends[token + 1] += ends[token];
        }
        int kept = ends[vocabulary];
        for (int i = 0; i < length; i++) {
            int before = sorted[i] - 1;
            if (before >= 0 && text[before] != BOUNDARY) {
                spare[ends[text[before]]++] = before;
            }
        }
        int[] swap = sorted;
        sorted = spare;
        spare = swap;
        length = kept;
    }

    /** Numbers the n-grams of the next length in their order; returns their number. */
    private int number() {
        Arrays.fill(nextIds, -1);
        int id = -1;
        int previousToken = -1;
        int previousRest = -1;
        for (int i = 0; i < length; i++) {
            int position = sorted[i];
            int token = text[position];
            int rest = ids[position + 1];
            if (token != previousToken || rest != previousRest) {
                id++;
                previousToken = token;
                previousRest = rest;
            }
            nextIds[position] = id;
        }
        return id + 1;
    }

    /** Collects the n-grams that were numbered. */
    private NgramLevel level(int n, int parents, int distinct) {
        int[] tokens = new int[distinct];
        int[] counts = new int[distinct];
        int[] first = new int[parents + 1];
        for (int i = 0; i < length; i++) {
            int position = sorted[i];
            int id = nextIds[position];
            if (counts[id]++ == 0) {
                tokens[id] = text[position + n - 1];
                first[ids[position] + 1]++;
            }
        }
        for (int parent = 0; parent < parents; parent++) {
            first[parent + 1] += first[parent];
        }
        int[] swap = ids;
        ids = nextIds;
        nextIds = swap;
        return new NgramLevel(tokens, counts, first);
    }
}
