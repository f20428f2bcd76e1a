package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import io.nanogpt.impl.cpu.Kernels;
import io.nanogpt.impl.cpu.Matrix;
import io.nanogpt.impl.cpu.VectorRegisters;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** The matrix product, divided into register tiles, panel by panel and block by block. */
final class MatrixProduct {
    private static final int L = S.length();
    /** Whether a panel has four vectors, for which sixteen registers are too few, or three. */
    static final boolean FOUR = VectorRegisters.count(S.vectorBitSize()) >= 32;
    /** Columns of the widest tile. */
    static final int PANEL = (FOUR ? 4 : 3) * L;

    /**
     * Rows of a panel of {@code b}: 24 KiB, which a first-level cache of 32 KiB holds beside a tile of the others. Fewer
     * rows load and store the sums more often.
     */
    private static final int DEPTH_BLOCK = 6_144 / PANEL;
    /** Rows of a panel that a weight gradient sums: 32 KiB, since no first-level cache holds a larger one. */
    static final int GRADIENT_ROWS = Math.min(Kernels.MOST_GRADIENT_ROWS, 8_192 / PANEL);
    /** Tiles that must reuse a block of {@code b} to repay loading and storing the sums once more. */
    private static final int PANEL_REUSE = 5;

    private final float[] tile = new float[4 * L];
    /** {@code masks[n]} has the first n lanes set. */
    private final VectorMask<Float>[] masks;

    /** For one thread. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    MatrixProduct() {
        masks = new VectorMask[L + 1];
        for (int n = 0; n <= L; n++) {
            masks[n] = S.indexInRange(0, n);
        }
    }

    /** As {@link io.nanogpt.impl.cpu.Kernels#multiply}. */
    void multiply(int rows, int columns, int depth, Matrix aView, Matrix bView, Matrix initView, Matrix cView) {
        float[] a = aView.values();
        int aOffset = aView.offset();
        int aRow = aView.row();
        int aStep = aView.step();
        float[] b = bView.values();
        int bOffset = bView.offset();
        int bStep = bView.row();
        float[] init = initView.values();
        int initOffset = initView.offset();
        int initRow = initView.row();
        float[] c = cView.values();
        int cOffset = cView.offset();
        int cRow = cView.row();
        int wide = wideColumns(rows, columns);
        int j = 0;
        for (; j < wide; j += PANEL) {
            // A block of b stays in the first-level cache for all rows. Each sum continues from the block
            // before, so the order of additions is the same as without blocks.
            int block = rows >= 4 * PANEL_REUSE ? DEPTH_BLOCK : depth;
            for (int k = 0; k < depth; k += block) {
                boolean first = k == 0;
                wide(
                        rows,
                        Math.min(block, depth - k),
                        a,
                        aOffset + k * aStep,
                        aRow,
                        aStep,
                        b,
                        bOffset + k * bStep + j,
                        bStep,
                        first ? init : c,
                        (first ? initOffset : cOffset) + j,
                        first ? initRow : cRow,
                        c,
                        cOffset + j,
                        cRow);
            }
        }
        for (; j + 2 * L <= columns && rows >= 4; j += 2 * L) {
            narrow(
                    rows,
                    depth,
                    a,
                    aOffset,
                    aRow,
                    aStep,
                    b,
                    bOffset + j,
                    bStep,
                    init,
                    initOffset + j,
                    initRow,
                    c,
                    cOffset + j,
                    cRow);
        }
        for (; j + L <= columns; j += L) {
            int i = 0;
            for (; i + 8 <= rows; i += 8) {
                Tiles.tile8x1(
                        depth,
                        a,
                        aOffset + i * aRow,
                        aRow,
                        aStep,
                        b,
                        bOffset + j,
                        bStep,
                        init,
                        initOffset + i * initRow + j,
                        initRow,
                        c,
                        cOffset + i * cRow + j,
                        cRow);
            }
            for (; i + 4 <= rows; i += 4) {
                Tiles.tile4x1(
                        depth,
                        a,
                        aOffset + i * aRow,
                        aRow,
                        aStep,
                        b,
                        bOffset + j,
                        bStep,
                        init,
                        initOffset + i * initRow + j,
                        initRow,
                        c,
                        cOffset + i * cRow + j,
                        cRow);
            }
            for (; i < rows; i++) {
                Tiles.tile1x1(
                        depth,
                        a,
                        aOffset + i * aRow,
                        aStep,
                        b,
                        bOffset + j,
                        bStep,
                        init,
                        initOffset + i * initRow + j,
                        c,
                        cOffset + i * cRow + j);
            }
        }
        if (j < columns) {
            edge(
                    rows,
                    columns - j,
                    depth,
                    a,
                    aOffset,
                    aRow,
                    aStep,
                    b,
                    bOffset + j,
                    bStep,
                    init,
                    initOffset + j,
                    initRow,
                    c,
                    cOffset + j,
                    cRow);
        }
    }

    /**
     * The columns of whole panels, but for a last panel that leaves one vector: tiles of two vectors and two are faster than
     * of three and one, which are those of heads of 32 columns at 256 bits.
     */
    private static int wideColumns(int rows, int columns) {
        int vectors = columns / L;
        boolean leavesOne = !FOUR && rows >= 4 && vectors > 1 && vectors % 3 == 1;
        return (columns / PANEL - (leavesOne ? 1 : 0)) * PANEL;
    }

    /** The columns of a panel. */
    private static void wide(
            int rows,
            int depth,
            float[] a,
            int aOffset,
            int aRow,
            int aStep,
            float[] b,
            int bOffset,
            int bStep,
            float[] init,
            int initOffset,
            int initRow,
            float[] c,
            int cOffset,
            int cRow) {
        int i = 0;
        boolean packed = FOUR && PanelsOfFour.CONSTANT_STRIDES && bStep == PANEL;
        boolean byRows = packed && aStep == 1;
        boolean byStrips = packed && aRow == 1 && aStep == PanelsOfFour.STRIP;
        for (; i + 4 <= rows; i += 4) {
            int at = aOffset + i * aRow;
            int from = initOffset + i * initRow;
            int to = cOffset + i * cRow;
            if (byRows) {
                PanelsOfFour.rows(depth, a, at, aRow, b, bOffset, init, from, initRow, c, to, cRow);
            } else if (byStrips) {
                PanelsOfFour.strip(depth, a, at, b, bOffset, init, from, initRow, c, to, cRow);
            } else if (FOUR) {
                PanelsOfFour.tile4(depth, a, at, aRow, aStep, b, bOffset, bStep, init, from, initRow, c, to, cRow);
            } else {
                PanelsOfThree.tile4(depth, a, at, aRow, aStep, b, bOffset, bStep, init, from, initRow, c, to, cRow);
            }
        }
        for (; i < rows; i++) {
            int at = aOffset + i * aRow;
            int from = initOffset + i * initRow;
            int to = cOffset + i * cRow;
            if (FOUR) {
                PanelsOfFour.tile1(depth, a, at, aStep, b, bOffset, bStep, init, from, c, to);
            } else {
                PanelsOfThree.tile1(depth, a, at, aStep, b, bOffset, bStep, init, from, c, to);
            }
        }
    }

    /**
     * Fewer columns than a vector has lanes. Results pass through a scratch tile, because a masked store boxes its
     * vector on JDK 17.
     */
    private void edge(
            int rows,
            int columns,
            int depth,
            float[] a,
            int aOffset,
            int aRow,
            int aStep,
            float[] b,
            int bOffset,
            int bStep,
            float[] init,
            int initOffset,
            int initRow,
            float[] c,
            int cOffset,
            int cRow) {
        VectorMask<Float> mask = masks[columns];
        for (int i = 0; i < rows; i += 4) {
            int count = Math.min(4, rows - i);
            for (int r = 0; r < count; r++) {
                System.arraycopy(init, initOffset + (i + r) * initRow, tile, r * L, columns);
            }
            if (count == 4) {
                Tiles.edge4x1(
                        depth, a, aOffset + i * aRow, aRow, aStep, b, bOffset, bStep, tile, 0, L, tile, 0, L, mask);
            } else {
                for (int r = 0; r < count; r++) {
                    Tiles.edge1x1(
                            depth,
                            a,
                            aOffset + (i + r) * aRow,
                            aStep,
                            b,
                            bOffset,
                            bStep,
                            tile,
                            r * L,
                            tile,
                            r * L,
                            mask);
                }
            }
            for (int r = 0; r < count; r++) {
                System.arraycopy(tile, r * L, c, cOffset + (i + r) * cRow, columns);
            }
        }
    }

    /** Two vectors of columns. */
    private static void narrow(
            int rows,
            int depth,
            float[] a,
            int aOffset,
            int aRow,
            int aStep,
            float[] b,
            int bOffset,
            int bStep,
            float[] init,
            int initOffset,
            int initRow,
            float[] c,
            int cOffset,
            int cRow) {
        int i = 0;
        // Its sixteen sums need more than sixteen registers.
        for (; FOUR && i + 8 <= rows; i += 8) {
            Tiles.tile8x2(
                    depth,
                    a,
                    aOffset + i * aRow,
                    aRow,
                    aStep,
                    b,
                    bOffset,
                    bStep,
                    init,
                    initOffset + i * initRow,
                    initRow,
                    c,
                    cOffset + i * cRow,
                    cRow);
        }
        for (; i + 4 <= rows; i += 4) {
            Tiles.tile4x2(
                    depth,
                    a,
                    aOffset + i * aRow,
                    aRow,
                    aStep,
                    b,
                    bOffset,
                    bStep,
                    init,
                    initOffset + i * initRow,
                    initRow,
                    c,
                    cOffset + i * cRow,
                    cRow);
        }
        for (; i < rows; i++) {
            for (int v = 0; v < 2; v++) {
                Tiles.tile1x1(
                        depth,
                        a,
                        aOffset + i * aRow,
                        aStep,
                        b,
                        bOffset + v * L,
                        bStep,
                        init,
                        initOffset + i * initRow + v * L,
                        c,
                        cOffset + i * cRow + v * L);
            }
        }
    }

    /** As {@link io.nanogpt.impl.cpu.Kernels#pack}. One panel after another, so that its rows are written in order. */
    static void pack(
            int rows, int columns, float[] from, int fromOffset, int fromRow, float[] to, int toOffset, int width) {
        for (int j = 0; j < columns; j += width) {
            int count = Math.min(width, columns - j);
            int panel = toOffset + j * rows;
            int k = 0;
            for (; k + 4 * L <= count; k += 4 * L) {
                packFour(rows, from, fromOffset + j + k, fromRow, to, panel + k, width);
            }
            for (; k + L <= count; k += L) {
                packOne(rows, from, fromOffset + j + k, fromRow, to, panel + k, width);
            }
            for (int i = 0; k < count && i < rows; i++) {
                System.arraycopy(from, fromOffset + j + k + i * fromRow, to, panel + k + i * width, count - k);
            }
        }
    }

    /** Four vectors of each row. */
    private static void packFour(int rows, float[] from, int fo, int fromRow, float[] to, int oo, int width) {
        for (int i = 0, f = fo, o = oo; i < rows; i++, f += fromRow, o += width) {
            FloatVector v0 = FloatVector.fromArray(S, from, f);
            FloatVector v1 = FloatVector.fromArray(S, from, f + L);
            FloatVector v2 = FloatVector.fromArray(S, from, f + 2 * L);
            FloatVector v3 = FloatVector.fromArray(S, from, f + 3 * L);
            v0.intoArray(to, o);
            v1.intoArray(to, o + L);
            v2.intoArray(to, o + 2 * L);
            v3.intoArray(to, o + 3 * L);
        }
    }

    /** A vector of each row. */
    private static void packOne(int rows, float[] from, int fo, int fromRow, float[] to, int oo, int width) {
        for (int i = 0, f = fo, o = oo; i < rows; i++, f += fromRow, o += width) {
            FloatVector.fromArray(S, from, f).intoArray(to, o);
        }
    }
}
