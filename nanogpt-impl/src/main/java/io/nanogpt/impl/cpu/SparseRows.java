package io.nanogpt.impl.cpu;

import java.util.Arrays;

/**
 * Some rows of a table, in the order in which they were added, and their values side by side: a sparse set (Briggs and
 * Torczon 1993), which is cleared in constant time and whose cost follows the rows that it holds, not the table's.
 */
final class SparseRows {
    private final int width;
    /** For each row of the table the slot that it has if {@link #rows} says so. */
    private final int[] slots;

    private int[] rows = new int[0];
    private float[] values = new float[0];
    private int count;

    SparseRows(int tableRows, int width) {
        this.width = width;
        this.slots = new int[tableRows];
    }

    /** Makes room, so that {@link #add} does not allocate up to this number of rows. */
    void reserve(int capacity) {
        if (capacity > rows.length) {
            rows = Arrays.copyOf(rows, capacity);
            values = Arrays.copyOf(values, Math.multiplyExact(capacity, width));
        }
    }

    /** The rows of the table. */
    int tableRows() {
        return slots.length;
    }

    /** Removes all rows. */
    void clear() {
        count = 0;
    }

    /** The number of rows. */
    int count() {
        return count;
    }

    /** The row of the table that a slot holds. */
    int row(int slot) {
        return rows[slot];
    }

    /** The values of all slots, {@code width} each. */
    float[] values() {
        return values;
    }

    /** The slot of a row; negative without one. */
    int slot(int row) {
        int slot = slots[row];
        return slot < count && rows[slot] == row ? slot : -1;
    }

    /** Adds a row that has no slot, with undefined values, and returns its slot. */
    int add(int row) {
        if (count == rows.length) {
            reserve(Math.min(slots.length, Math.max(64, 2 * count)));
        }
        slots[row] = count;
        rows[count] = row;
        return count++;
    }

    /** Copies all rows into a table that is zero elsewhere. */
    void copyTo(float[] table) {
        Arrays.fill(table, 0f);
        for (int slot = 0; slot < count; slot++) {
            System.arraycopy(values, slot * width, table, rows[slot] * width, width);
        }
    }
}
