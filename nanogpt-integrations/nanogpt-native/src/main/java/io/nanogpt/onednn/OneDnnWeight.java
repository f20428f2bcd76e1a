package io.nanogpt.onednn;

import io.nanogpt.spi.MatrixProducts;

/**
 * A right operand of products, {@code (depth, width)}, in the layout of oneDNN. Parts are narrow, so that threads share a
 * single micro-batch and the result of a part stays in a cache.
 */
final class OneDnnWeight implements MatrixProducts.Weight {
    /** Columns of a part: a multiple of the blocks of oneDNN's layouts. */
    private static final int PART_COLUMNS = 256;

    private final int depth;
    private final int width;
    private final int partColumns;
    private final NativeMemory[] parts;

    OneDnnWeight(OneDnnProducts products, int depth, int width) {
        this.depth = depth;
        this.width = width;
        partColumns = Math.min(width, PART_COLUMNS);
        parts = new NativeMemory[(width + partColumns - 1) / partColumns];
        for (int part = 0; part < parts.length; part++) {
            parts[part] = new NativeMemory(products.weightBytes(depth, columns(part)));
        }
    }

    @Override
    public int parts() {
        return parts.length;
    }

    @Override
    public int partColumns() {
        return partColumns;
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

    NativeMemory part(int part) {
        return parts[part];
    }
}
