package io.nanogpt.impl.tokenizer;

import java.util.Arrays;

/** A list of numbers that grows. */
final class IntList {
    private static final int FIRST_CAPACITY = 64;

    private int[] values = new int[FIRST_CAPACITY];
    private int size;

    void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = value;
    }

    int size() {
        return size;
    }

    int[] toArray() {
        return Arrays.copyOf(values, size);
    }

    int get(int index) {
        return values[index];
    }
}
