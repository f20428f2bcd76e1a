package io.nanogpt.impl.data;

import java.util.Objects;

/**
 * The position of a run in its data. Batches are functions of their index, so {@code nextBatch} suffices to resume;
 * epoch and position are for people, and {@code data} identifies the data.
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
