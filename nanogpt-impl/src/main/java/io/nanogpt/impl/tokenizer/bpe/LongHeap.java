package io.nanogpt.impl.tokenizer.bpe;

import java.util.Arrays;

/** A min-heap of numbers with four children per node; a cache line holds the children of two nodes. */
final class LongHeap {
    private static final int CHILDREN = 4;

    private long[] entries;
    private int size;

    /** A heap of the first {@code size} entries of an array, which it keeps. */
    LongHeap(long[] entries, int size) {
        this.entries = entries;
        this.size = size;
        for (int i = (size - 2) / CHILDREN; i >= 0 && size > 1; i--) {
            down(i, entries[i]);
        }
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Removes and returns the lowest. */
    long poll() {
        long lowest = entries[0];
        long last = entries[--size];
        if (size > 0) {
            down(0, last);
        }
        return lowest;
    }

    void add(long entry) {
        if (size == entries.length) {
            entries = Arrays.copyOf(entries, size + (size >> 1) + CHILDREN);
        }
        int at = size++;
        while (at > 0 && entries[(at - 1) / CHILDREN] > entry) {
            entries[at] = entries[(at - 1) / CHILDREN];
            at = (at - 1) / CHILDREN;
        }
        entries[at] = entry;
    }

    private void down(int from, long entry) {
        int at = from;
        for (int first = CHILDREN * at + 1; first < size; first = CHILDREN * at + 1) {
            int lowest = first;
            for (int child = first + 1; child < Math.min(first + CHILDREN, size); child++) {
                if (entries[child] < entries[lowest]) {
                    lowest = child;
                }
            }
            if (entries[lowest] >= entry) {
                break;
            }
            entries[at] = entries[lowest];
            at = lowest;
        }
        entries[at] = entry;
    }
}
