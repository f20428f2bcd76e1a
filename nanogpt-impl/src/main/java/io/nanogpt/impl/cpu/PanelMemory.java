package io.nanogpt.impl.cpu;

/**
 * The memory of packed weights. Each one begins a cache line, so small ones share an array that is large enough for
 * {@link CacheLines}.
 */
final class PanelMemory {
    private float[] array = new float[0];
    private int end;

    /** Panels of {@code floats} in all, which are zero. */
    Panels allocate(int floats, int width) {
        if (floats > array.length - end) {
            array = CacheLines.allocate(Math.addExact(CacheLines.FIRST, floats));
            end = CacheLines.FIRST;
        }
        Panels panels = new Panels(array, end, width);
        end += Math.min(CacheLines.roundUp(floats), array.length - end);
        return panels;
    }
}
