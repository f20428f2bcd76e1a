package io.nanogpt.train;

/**
 * What the rows of {@linkplain io.nanogpt.model.NgramTables tables of n-grams} are rounded to after the last step, so that
 * a saved model is smaller. A saved model has the weights of the trained one: the last evaluation of the report is of the
 * rounded ones.
 */
public enum TableRounding {
    /** Not rounded: four bytes an element. */
    NONE,
    /** To IEEE 754 binary16, at most 65,504: two bytes an element. */
    FLOAT16,
    /**
     * To integers from -127 to 127 times a power of two for each row, the least one that suffices: a byte an element and
     * four bytes a row.
     */
    INT8
}
