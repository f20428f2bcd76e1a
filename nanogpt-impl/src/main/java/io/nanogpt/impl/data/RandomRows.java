package io.nanogpt.impl.data;

import io.nanogpt.impl.random.CounterRandom;

/** Examples uniformly at random. */
record RandomRows(ExampleSet set, long key) implements Rows {
    @Override
    public void copy(long row, int[] inputs, int[] targets, int offset) {
        set.copy(CounterRandom.below(set.count(), key, row), inputs, targets, offset);
    }

    @Override
    public long epoch(long row) {
        return 0;
    }

    @Override
    public long position(long row) {
        return 0;
    }

    @Override
    public void describe(Fingerprint fingerprint) {
        fingerprint.add("random");
        set.describe(fingerprint);
    }
}
