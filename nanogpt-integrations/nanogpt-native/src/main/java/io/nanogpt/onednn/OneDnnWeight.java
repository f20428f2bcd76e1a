package io.nanogpt.onednn;

import io.nanogpt.spi.MatrixProducts;

/**
 * A right operand of products, {@code (depth, width)}, in the layout of oneDNN. Its columns are divided into parts, so that
 * threads share the packing of a large one and the result of a part stays in a cache.
 */
final class OneDnnWeight implements MatrixProducts.Weight {
    /** Elements of a part at most, and columns. */
    private static final int PART_ELEMENTS = 1 << 20;

    private static final int PART_COLUMNS = 1024;
    /** Columns of a part are a multiple of this, as are the blocks of oneDNN's layouts. */
    private static final int BLOCK_COLUMNS = 64;

    private final int depth;
    private final int width;
    private final int partColumns;
    private final NativeMemory[] parts;

    OneDnnWeight(OneDnnProducts products, int depth, int width) {
        this.depth = depth;
        this.width = width;
        int blocks = Math.max(1, Math.min(PART_COLUMNS, PART_ELEMENTS / depth) / BLOCK_COLUMNS);
        partColumns = Math.min(width, blocks * BLOCK_COLUMNS);
        parts = new NativeMemory[(width + partColumns - 1) / partColumns];
        for (int part = 0; part < parts.length; part++) {
            parts[part] = new NativeMemory(products.weightBytes(depth, columns(part)));
        }
    }

    @Override
    public int parts() {
        return parts.length;
    }

    int depth() {
        return depth;
    }

    int width() {
        return width;
    }

    int firstColumn(int part) {
        return part * partColumns;
    }

    int columns(int part) {
        return Math.min(partColumns, width - firstColumn(part));
    }

    long address(int part) {
        return parts[part].address();
    }
}
