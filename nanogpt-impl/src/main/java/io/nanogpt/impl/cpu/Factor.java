package io.nanogpt.impl.cpu;

/** The packed weights of a product, which multiply rows from the left. */
interface Factor {
    /** Bits of a weight in memory. */
    default int bits() {
        return Float.SIZE;
    }

    /** Columns of a panel: a thread computes whole panels. */
    int panelWidth();

    /**
     * Columns {@code begin} to {@code end - 1} of {@code c = init + a b}. The operands are those of the worker:
     * {@code a}, {@code init} and {@code c} with all columns, of which those of {@code init} may repeat one; its
     * {@code b} is free, and all are changed.
     *
     * @param begin the first column of a panel
     */
    void multiply(Worker worker, int rows, int depth, int begin, int end);
}
