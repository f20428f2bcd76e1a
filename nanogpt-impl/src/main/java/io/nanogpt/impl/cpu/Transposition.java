package io.nanogpt.impl.cpu;

/** Copies the transpose of a matrix. */
final class Transposition {
    private Transposition() {}

    /**
     * {@code to[e][j] = from[j][e]} for {@code rows} rows of {@code n} elements, {@code stride} apart; rows of the result are
     * {@code toRow} apart.
     */
    static void copy(int rows, int n, float[] from, int offset, int stride, float[] to, int start, int toRow) {
        int j = 0;
        // Four rows at a time: four results are written next to each other.
        for (; j + 4 <= rows; j += 4) {
            copyFour(n, from, offset + j * stride, stride, to, start + j, toRow);
        }
        for (; j < rows; j++) {
            for (int e = 0; e < n; e++) {
                to[start + e * toRow + j] = from[offset + j * stride + e];
            }
        }
    }

    private static void copyFour(int n, float[] from, int row0, int stride, float[] to, int start, int toRow) {
        int row1 = row0 + stride;
        int row2 = row1 + stride;
        int row3 = row2 + stride;
        for (int e = 0, at = start; e < n; e++, at += toRow) {
            to[at] = from[row0 + e];
            to[at + 1] = from[row1 + e];
            to[at + 2] = from[row2 + e];
            to[at + 3] = from[row3 + e];
        }
    }
}
