package io.nanogpt.impl.data;

import java.util.Objects;

/**
 * Where a run stands in its data. As batches are functions of their index, the first two components are for people: the
 * index says all, and the last one that it is the same data.
 *
 * @param nextBatch index of the batch that comes next
 * @param epoch that its first example belongs to, from 0; 0 where there are no epochs
 * @param position of its first example in the epoch, from 0; 0 where there are no epochs
 * @param data hash of the settings and of a sample of the tokens
 */
public record DataCursor(long nextBatch, long epoch, long position, String data) {
    public DataCursor {
        Objects.requireNonNull(data, "data");
    }
}
