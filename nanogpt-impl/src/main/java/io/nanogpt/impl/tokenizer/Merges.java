package io.nanogpt.impl.tokenizer;

/**
 * Which pairs of ids become which id, and what comes first. In the order of the ranks; pairs that make the same token
 * of a rank file share its rank.
 */
final class Merges {
    private final IntList lefts = new IntList();
    private final IntList rights = new IntList();
    private final IntList merged = new IntList();
    private final IntList ranks = new IntList();

    /** Adds a merge whose rank is not below that of the last. */
    void add(int left, int right, int id, int rank) {
        lefts.add(left);
        rights.add(right);
        merged.add(id);
        ranks.add(rank);
    }

    int size() {
        return merged.size();
    }

    int left(int index) {
        return lefts.get(index);
    }

    int right(int index) {
        return rights.get(index);
    }

    /** The id that the pair becomes. */
    int merged(int index) {
        return merged.get(index);
    }

    int rank(int index) {
        return ranks.get(index);
    }
}
