package io.nanogpt.impl.tokenizer.pipeline;

import io.nanogpt.impl.tokenizer.bpe.IntList;

/** Parts of a text, in order, by start and end. */
public final class Spans {
    private final IntList bounds = new IntList();

    void add(int start, int end) {
        bounds.add(start);
        bounds.add(end);
    }

    int count() {
        return bounds.size() / 2;
    }

    int start(int index) {
        return bounds.get(2 * index);
    }

    int end(int index) {
        return bounds.get(2 * index + 1);
    }
}
