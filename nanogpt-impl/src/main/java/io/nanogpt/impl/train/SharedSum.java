package io.nanogpt.impl.train;

import io.nanogpt.spi.Collective;
import java.util.Arrays;

/**
 * The sum of arrays that several workers have. Each worker sums its share of the elements, over all arrays in their order, and
 * gives it to the others, so that the sum does not depend on the number of workers. Arrays are given away while the next
 * one is computed.
 */
final class SharedSum {
    private final Collective collective;
    /** This worker's arrays. */
    private final float[][] mine;
    /** This worker's share of another worker's array. */
    private final float[] received;

    private final float[] sum;
    private final int from;

    /** Adds a part of an array to the same part of the sum. */
    @FunctionalInterface
    interface Addition {
        void add(float[] values, int at, int length, int array, float[] sum, int to);
    }

    /**
     * @param elements of an array
     * @param most the most arrays of this worker
     */
    SharedSum(Collective collective, int elements, int most) {
        this.collective = collective;
        mine = new float[most][elements];
        sum = new float[elements];
        from = Collective.begin(elements, collective.rank(), collective.size());
        received = new float[Collective.begin(elements, collective.rank() + 1, collective.size()) - from];
    }

    /**
     * The most elements of an array of this kind.
     *
     * @throws IllegalArgumentException if there are more
     */
    static int requireFit(long elements) {
        if (elements > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("the model has " + elements + " trained parameters, but several workers"
                    + " exchange at most " + (Integer.MAX_VALUE - 8));
        }
        return (int) elements;
    }

    /** The numbers that a worker holds for this. */
    static long elements(long elements, int most, int size) {
        return elements * (most + 1) + (elements + size - 1) / size;
    }

    /** One of this worker's arrays, to be filled. */
    float[] array(int index) {
        return mine[index];
    }

    /** Gives one of this worker's arrays away. */
    void give(int index) {
        collective.scatter(mine[index]);
    }

    /**
     * Adds up the arrays of all workers.
     *
     * @param count the number of arrays
     * @return the sum, until the next one
     */
    float[] sum(int count, Addition addition) {
        Arrays.fill(sum, from, from + received.length, 0);
        int size = collective.size();
        for (int worker = 0; worker < size; worker++) {
            int first = Collective.begin(count, worker, size);
            int end = Collective.begin(count, worker + 1, size);
            for (int array = first; array < end; array++) {
                boolean own = worker == collective.rank();
                if (!own) {
                    collective.receive(worker, received);
                }
                addition.add(own ? mine[array - first] : received, own ? from : 0, received.length, array, sum, from);
            }
        }
        collective.share(sum);
        return sum;
    }
}
