package io.nanogpt.impl.tokenizer.bpe;

/**
 * The merges of pairs of ids, in the order of their ranks. Pairs that form the same token of a rank file share its
 * rank.
 */
public final class Merges {
    private final IntList lefts = new IntList();
    private final IntList rights = new IntList();
    private final IntList merged = new IntList();
    private final IntList ranks = new IntList();

    /** Adds a merge whose rank is not below that of the last. */
    public void add(int left, int right, int id, int rank) {
        lefts.add(left);
        rights.add(right);
        merged.add(id);
        ranks.add(rank);
    }

    public int size() {
        return merged.size();
    }

    public int left(int index) {
        return lefts.get(index);
    }

    public int right(int index) {
        return rights.get(index);
    }

    /** The id that the pair becomes. */
    public int merged(int index) {
        return merged.get(index);
    }

    int rank(int index) {
        return ranks.get(index);
    }
}
