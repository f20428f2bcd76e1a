package io.nanogpt.impl.tokenizer.bpe;

import java.util.Arrays;

/**
 * A priority queue of pairs, the most frequent first. Counts of queued pairs only fall, so a pair is moved to its right
 * place when it reaches the front with a count that is too high.
 */
final class PairQueue {
    private static final int NONE = -1;
    private static final int FIRST_CAPACITY = 1 << 12;
    private static final int FIRST_PLACES = 2;

    private final PairOrder order;
    private int[] lefts = new int[FIRST_CAPACITY];
    private int[] rights = new int[FIRST_CAPACITY];
    private long[] counts = new long[FIRST_CAPACITY];
    /** The count with which a pair was queued. */
    private long[] queued = new long[FIRST_CAPACITY];
    /** The places of each pair, from left to right; some of them may have another pair by now. */
    private int[][] places = new int[FIRST_CAPACITY][0];

    private int[] placeCounts = new int[FIRST_CAPACITY];
    private int size;
    private int firstNew;

    private int[] heap = new int[FIRST_CAPACITY];
    private int heapSize;

    PairQueue(PairOrder order) {
        this.order = order;
    }

    /** Visits the two symbols of a pair. */
    @FunctionalInterface
    interface Visitor {
        /** Visits a pair. */
        void pair(int left, int right);
    }

    PairOrder order() {
        return order;
    }

    int create(int left, int right) {
        return create(left, right, FIRST_PLACES);
    }

    /** Creates a pair with room for some places. */
    int create(int left, int right, int placeCapacity) {
        if (size == lefts.length) {
            grow();
        }
        lefts[size] = left;
        rights[size] = right;
        places[size] = new int[placeCapacity];
        return size++;
    }

    private void grow() {
        int capacity = 2 * size;
        lefts = Arrays.copyOf(lefts, capacity);
        rights = Arrays.copyOf(rights, capacity);
        counts = Arrays.copyOf(counts, capacity);
        queued = Arrays.copyOf(queued, capacity);
        places = Arrays.copyOf(places, capacity);
        placeCounts = Arrays.copyOf(placeCounts, capacity);
    }

    void add(int pair, int place, long count) {
        int[] known = places[pair];
        int index = placeCounts[pair]++;
        if (index == known.length) {
            known = Arrays.copyOf(known, 2 * index);
            places[pair] = known;
        }
        known[index] = place;
        counts[pair] += count;
    }

    void subtract(int pair, long count) {
        counts[pair] -= count;
    }

    int left(int pair) {
        return lefts[pair];
    }

    int right(int pair) {
        return rights[pair];
    }

    long count(int pair) {
        return counts[pair];
    }

    int[] places(int pair) {
        return places[pair];
    }

    int placeCount(int pair) {
        return placeCounts[pair];
    }

    /** Discards the places of a pair that was merged. */
    void discard(int pair) {
        places[pair] = new int[0];
        counts[pair] = 0;
    }

    /** Visits the pairs that are not in the queue yet. */
    void forEachNew(Visitor visitor) {
        for (int pair = firstNew; pair < size; pair++) {
            visitor.pair(lefts[pair], rights[pair]);
        }
    }

    void enqueueNew() {
        for (; firstNew < size; firstNew++) {
            if (counts[firstNew] > 0) {
                push(firstNew);
            }
        }
    }

    /** Removes and returns the first pair, or returns -1 if there is none. */
    int poll() {
        while (heapSize > 0) {
            int first = heap[0];
            if (queued[first] == counts[first]) {
                dropFirst();
                return first;
            }
            queued[first] = counts[first];
            if (counts[first] == 0) {
                places[first] = new int[0];
                dropFirst();
            } else {
                down(first);
            }
        }
        return NONE;
    }

    private void dropFirst() {
        int last = heap[--heapSize];
        if (heapSize > 0) {
            down(last);
        }
    }

    private void push(int pair) {
        queued[pair] = counts[pair];
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, 2 * heapSize);
        }
        int at = heapSize++;
        while (at > 0 && isBefore(pair, heap[(at - 1) / 2])) {
            heap[at] = heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        heap[at] = pair;
    }

    /** Sifts a pair down from the front. */
    private void down(int pair) {
        int at = 0;
        for (int child = 1; child < heapSize; child = 2 * at + 1) {
            if (child + 1 < heapSize && isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (!isBefore(heap[child], pair)) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = pair;
    }

    private boolean isBefore(int pair, int other) {
        return queued[pair] != queued[other]
                ? queued[pair] > queued[other]
                : order.isBefore(lefts[pair], rights[pair], lefts[other], rights[other]);
    }
}
