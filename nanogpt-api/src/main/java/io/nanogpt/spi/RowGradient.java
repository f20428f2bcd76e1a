package io.nanogpt.spi;

/**
 * The gradient of a table, which is zero but in some of its rows.
 *
 * @param rows each once
 * @param values of these rows, side by side
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RowGradient(int[] rows, float[] values) {
    public RowGradient {
        if (rows.length == 0 ? values.length > 0 : values.length % rows.length > 0) {
            throw new IllegalArgumentException("the values of " + rows.length
                    + " rows must be as many for each row, but there are " + values.length);
        }
    }
}
