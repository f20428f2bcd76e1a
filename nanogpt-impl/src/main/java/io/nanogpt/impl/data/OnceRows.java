package io.nanogpt.impl.data;

import java.util.Arrays;

/** Every example once, and after the last one rows in which there is nothing to predict. */
record OnceRows(ExampleSet set, int context) implements Rows {
    @Override
    public void copy(long row, int[] inputs, int[] targets, int offset) {
        if (row < set.count()) {
            set.copy(row, inputs, targets, offset);
        } else {
            Arrays.fill(inputs, offset, offset + context, 0);
            Arrays.fill(targets, offset, offset + context, Batches.IGNORED_TARGET);
        }
    }

    @Override
    public long epoch(long row) {
        return 0;
    }

    @Override
    public long position(long row) {
        return row;
    }

    @Override
    public void describe(Fingerprint fingerprint) {
        fingerprint.add("once");
        set.describe(fingerprint);
    }
}
