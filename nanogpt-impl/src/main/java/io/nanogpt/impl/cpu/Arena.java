package io.nanogpt.impl.cpu;

import java.util.Map;
import java.util.TreeMap;

/**
 * Allocates tensors in one array at compile time: tensors that are not live at the same time share memory. Each one
 * begins a cache line.
 */
final class Arena {
    private final TreeMap<Integer, Integer> free = new TreeMap<>();
    private int end = CacheLines.FIRST;

    /** The offset of {@code size} floats: the lowest free one that fits. */
    int allocate(int size) {
        int rounded = CacheLines.roundUp(size);
        Map.Entry<Integer, Integer> hole = free.firstEntry();
        while (hole != null && hole.getValue() < rounded) {
            hole = free.higherEntry(hole.getKey());
        }
        if (hole != null) {
            int offset = hole.getKey();
            int rest = hole.getValue() - rounded;
            free.remove(offset);
            if (rest > 0) {
                free.put(offset + rounded, rest);
            }
            return offset;
        }
        int offset = end;
        end = Math.addExact(end, rounded);
        return offset;
    }

    /** Frees the memory of an earlier {@link #allocate}. */
    void release(int offset, int size) {
        int length = CacheLines.roundUp(size);
        Map.Entry<Integer, Integer> before = free.lowerEntry(offset);
        if (before != null && before.getKey() + before.getValue() == offset) {
            free.remove(before.getKey());
            offset = before.getKey();
            length += before.getValue();
        }
        Integer after = free.remove(offset + length);
        if (after != null) {
            length += after;
        }
        free.put(offset, length);
    }

    /** Floats of the whole array. */
    int size() {
        return end;
    }
}
