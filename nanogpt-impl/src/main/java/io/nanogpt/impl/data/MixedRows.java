package io.nanogpt.impl.data;

import io.nanogpt.data.Mixture;
import io.nanogpt.impl.random.CounterRandom;
import java.util.List;

/** Examples of several sets: for every row a set at random by weight, and in it an example at random. */
final class MixedRows implements Rows {
    private final RandomRows[] parts;
    /** Ends of the parts on [0, 1]: the sums of the weights up to each, by the sum of all. */
    private final double[] ends;

    private final long choiceKey;

    MixedRows(Mixture mixture, Batches.Size size, long key) {
        List<Mixture.Part> given = mixture.parts();
        choiceKey = CounterRandom.key(key, 0);
        parts = new RandomRows[given.size()];
        ends = new double[given.size()];
        double total = given.stream().mapToDouble(Mixture.Part::weight).sum();
        double sum = 0;
        for (int i = 0; i < parts.length; i++) {
            parts[i] = new RandomRows(ExampleSet.of(given.get(i).examples(), size), CounterRandom.key(key, i + 1));
            sum += given.get(i).weight();
            ends[i] = sum / total;
        }
    }

    @Override
    public void copy(long row, int[] inputs, int[] targets, int offset) {
        double choice = CounterRandom.uniform(choiceKey, row);
        int part = 0;
        // The last end may be rounded to below 1.
        while (part < parts.length - 1 && choice >= ends[part]) {
            part++;
        }
        parts[part].copy(row, inputs, targets, offset);
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
        for (int i = 0; i < parts.length; i++) {
            fingerprint.add("up to " + ends[i]);
            parts[i].describe(fingerprint);
        }
    }
}
