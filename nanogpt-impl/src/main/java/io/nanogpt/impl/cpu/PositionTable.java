package io.nanogpt.impl.cpu;

/** A row of numbers for each position; the table of a decoder grows with its sequence. */
final class PositionTable {
    private final int width;
    private final Rows rows;
    private float[] values;

    /** Computes rows. */
    interface Rows {
        /** Writes the rows of the positions {@code from} to {@code to - 1} into a table, each at its own place. */
        void write(float[] table, int from, int to);
    }

    /**
     * Creates a table.
     *
     * @param length positions at first
     */
    PositionTable(int width, int length, Rows rows) {
        this.width = width;
        this.rows = rows;
        this.values = new float[Math.multiplyExact(length, width)];
        rows.write(values, 0, length);
    }

    /** The number of its positions. */
    int length() {
        return values.length / width;
    }

    /** The table, row after row. */
    float[] values() {
        return values;
    }

    /** Extends the table to this many positions. */
    void reserve(int length) {
        int before = length();
        if (length > before) {
            float[] longer = new float[Math.multiplyExact(length, width)];
            System.arraycopy(values, 0, longer, 0, values.length);
            rows.write(longer, before, length);
            values = longer;
        }
    }
}
