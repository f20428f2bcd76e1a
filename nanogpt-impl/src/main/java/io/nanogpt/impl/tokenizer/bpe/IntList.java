package io.nanogpt.impl.tokenizer.bpe;

import java.util.Arrays;

/** A list of numbers that grows. */
public final class IntList {
    private static final int FIRST_CAPACITY = 64;

    private int[] values = new int[FIRST_CAPACITY];
    private int size;

    public void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = value;
    }

    public int size() {
        return size;
    }

    /** Adds numbers, the first {@code count} of an array. */
    public void addAll(int[] numbers, int count) {
        if (size + count > values.length) {
            values = Arrays.copyOf(values, Math.max(2 * size, size + count));
        }
        System.arraycopy(numbers, 0, values, size, count);
        size += count;
    }

    /** Adds the numbers of another list. */
    public void addAll(IntList other) {
        addAll(other.values, other.size);
    }

    /** Replaces a number. */
    public void set(int index, int value) {
        values[index] = value;
    }

    public int[] toArray() {
        return Arrays.copyOf(values, size);
    }

    /** Sorts the numbers from an index on. */
    public void sortFrom(int index) {
        Arrays.sort(values, index, size);
    }

    public int get(int index) {
        return values[index];
    }
}
