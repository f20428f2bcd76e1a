package io.nanogpt.impl.data;

import io.nanogpt.data.Mixture;
import io.nanogpt.impl.random.CounterRandom;
import java.util.Arrays;
import java.util.List;

/** The examples of a run in training order, by row number, counted over all batches. */
sealed interface Rows {
    /** Copies the example of a row; allocates nothing. */
    void copy(long row, int[] inputs, int[] targets, int offset);

    /** Writes the positions of the example of a row, see {@link ExampleSet#positions}; allocates nothing. */
    void positions(long row, int[] positions, int offset);

    /** The epoch of a row, from 0; 0 where there are none. */
    long epoch(long row);

    /** The position of a row in its epoch, from 0; 0 where there are none. */
    long position(long row);

    /** Adds everything but the key that the examples depend on. */
    void describe(Fingerprint fingerprint);

    /** Examples uniformly at random. */
    record Random(ExampleSet set, long key) implements Rows {
        @Override
        public void copy(long row, int[] inputs, int[] targets, int offset) {
            set.copy(CounterRandom.below(set.count(), key, row), inputs, targets, offset);
        }

        @Override
        public void positions(long row, int[] positions, int offset) {
            set.positions(CounterRandom.below(set.count(), key, row), positions, offset);
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

    /** Every example once per epoch. A batch may span two epochs. */
    record Epochs(ExampleSet set, boolean shuffled, int firstRow, long key) implements Rows {
        @Override
        public void copy(long row, int[] inputs, int[] targets, int offset) {
            set.copy(number(row), inputs, targets, offset);
        }

        @Override
        public void positions(long row, int[] positions, int offset) {
            set.positions(number(row), positions, offset);
        }

        private long number(long row) {
            long position = position(row);
            return shuffled ? Permutation.at(position, set.count(), CounterRandom.key(key, epoch(row))) : position;
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

    /** Every example once, then rows with nothing to predict. */
    record Once(ExampleSet set, int context) implements Rows {
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
        public void positions(long row, int[] positions, int offset) {
            if (row < set.count()) {
                set.positions(row, positions, offset);
            } else {
                ExampleSet.count(positions, offset, context);
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

    /** Examples of several sets: for every row a set at random by weight, and in it an example at random. */
    final class Mixed implements Rows {
        private final Random[] parts;
        /** Cumulative weights of the parts, divided by their total. */
        private final double[] ends;

        private final long choiceKey;

        Mixed(Mixture mixture, Batches.Size size, long key) {
            List<Mixture.Part> given = mixture.parts();
            choiceKey = CounterRandom.key(key, 0);
            parts = new Random[given.size()];
            ends = new double[given.size()];
            double total = given.stream().mapToDouble(Mixture.Part::weight).sum();
            double sum = 0;
            for (int i = 0; i < parts.length; i++) {
                parts[i] = new Random(ExampleSet.of(given.get(i).examples(), size), CounterRandom.key(key, i + 1));
                sum += given.get(i).weight();
                ends[i] = sum / total;
            }
        }

        @Override
        public void copy(long row, int[] inputs, int[] targets, int offset) {
            part(row).copy(row, inputs, targets, offset);
        }

        @Override
        public void positions(long row, int[] positions, int offset) {
            part(row).positions(row, positions, offset);
        }

        private Random part(long row) {
            double choice = CounterRandom.uniform(choiceKey, row);
            int part = 0;
            // The last end may be rounded to below 1.
            while (part < parts.length - 1 && choice >= ends[part]) {
                part++;
            }
            return parts[part];
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
}
