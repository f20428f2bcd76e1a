package io.nanogpt.impl.data;

import io.nanogpt.impl.random.CounterRandom;

/** Every example once an epoch. A batch may end one epoch and begin the next. */
record EpochRows(ExampleSet set, boolean shuffled, int firstRow, long key) implements Rows {
    @Override
    public void copy(long row, int[] inputs, int[] targets, int offset) {
        long position = position(row);
        long number = shuffled ? Permutation.at(position, set.count(), CounterRandom.key(key, epoch(row))) : position;
        set.copy(number, inputs, targets, offset);
    }

    @Override
    public long epoch(long row) {
        return Math.floorDiv(row - firstRow, set.count());
    }

    @Override
    public long position(long row) {
        return Math.floorMod(row - firstRow, set.count());
    }

    @Override
    public void describe(Fingerprint fingerprint) {
        fingerprint.add(shuffled ? "shuffled" : "sequential");
        set.describe(fingerprint);
    }
}
