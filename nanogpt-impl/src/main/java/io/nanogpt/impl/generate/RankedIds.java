package io.nanogpt.impl.generate;

/**
 * Ids in descending order of their keys, the lower id first among equals. A heap, since callers stop long before the
 * end.
 */
final class RankedIds {
    private final double[] keys;
    private final int[] heap;
    private int size;

    /** Ids whose key is minus infinity are left out. */
    RankedIds(double[] keys) {
        this.keys = keys;
        heap = new int[keys.length];
        for (int id = 0; id < keys.length; id++) {
            if (keys[id] > Double.NEGATIVE_INFINITY) {
                heap[size++] = id;
            }
        }
        for (int parent = size / 2 - 1; parent >= 0; parent--) {
            siftDown(parent);
        }
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The next id. */
    int next() {
        int first = heap[0];
        size--;
        heap[0] = heap[size];
        siftDown(0);
        return first;
    }

    private void siftDown(int start) {
        int parent = start;
        int id = heap[parent];
        while (2 * parent + 1 < size) {
            int child = 2 * parent + 1;
            if (child + 1 < size && isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (!isBefore(heap[child], id)) {
                break;
            }
            heap[parent] = heap[child];
            parent = child;
        }
        heap[parent] = id;
    }

    private boolean isBefore(int id, int other) {
        return keys[id] > keys[other] || (keys[id] == keys[other] && id < other);
    }
}
