package io.nanogpt.impl.ngram;

import java.util.Arrays;

/**
 * Sums the losses of the models of each order over tokens. Every sequence is predicted from its own tokens alone, as a
 * network does. Not thread-safe; allocates nothing after its creation.
 */
public final class NgramLosses {
    /** Products of probabilities are turned into logarithms below this, long before they underflow. */
    private static final double SMALL = 1e-200;

    private final NgramModel.Context context;
    private final double[] probabilities;
    private final double[] products;
    private final double[] sums;
    private long count;

    /** Creates sums of zero. */
    public NgramLosses(NgramModel model) {
        context = model.new Context();
        probabilities = new double[model.order()];
        products = new double[model.order()];
        sums = new double[model.order()];
        reset();
    }

    /** Sets the sums to zero. */
    public void reset() {
        Arrays.fill(products, 1);
        Arrays.fill(sums, 0);
        count = 0;
    }

    /**
     * Adds the tokens of a sequence.
     *
     * @param inputs ids at indices {@code from} to {@code from + length - 1}
     * @param targets for each the id to predict after it; ignored if negative
     */
    public void add(int[] inputs, int[] targets, int from, int length) {
        context.reset();
        for (int i = from; i < from + length; i++) {
            context.append(inputs[i]);
            if (targets[i] >= 0) {
                context.probabilities(targets[i], probabilities);
                for (int order = 0; order < products.length; order++) {
                    products[order] *= probabilities[order];
                    if (products[order] < SMALL) {
                        sums[order] -= StrictMath.log(products[order]);
                        products[order] = 1;
                    }
                }
                count++;
            }
        }
    }

    /** The number of models: the greatest order. */
    public int orders() {
        return sums.length;
    }

    /** The number of tokens predicted. */
    public long count() {
        return count;
    }

    /** The sum of the losses of the model of an order, from 1, in nats. */
    public double sum(int order) {
        return sums[order - 1] - StrictMath.log(products[order - 1]);
    }
}
