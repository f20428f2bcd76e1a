package io.nanogpt.accounting;

import io.nanogpt.model.Architecture;
import io.nanogpt.spi.Library;
import java.util.List;
import java.util.Locale;

/**
 * The cost of a model in parameters, FLOPs, memory and training time. FLOPs are those of matrix products, two for each
 * multiplication, with attention over all pairs of positions, masked or not, as in PaLM's appendix B and the CS336
 * course; memory is that of 32-bit floats.
 *
 * @param contextLength tokens of a sequence, T
 * @param parts the cost of each component that the model has
 * @param activationsPerSequence activations of one sequence that the forward pass keeps for the backward pass: the
 *     results of all operations except additions, concatenations and rotary positions, which can be computed in place;
 *     for attention also the attention probabilities, for cross entropy the probabilities of all tokens
 */
public record Account(int contextLength, List<Part> parts, long activationsPerSequence) {
    private static final int BYTES = Float.BYTES;

    /**
     * The cost of one component.
     *
     * @param component the component
     * @param parameters number of parameters; those that two components share count for the first
     * @param forwardFlops FLOPs of the forward pass of one sequence
     */
    public record Part(Component component, long parameters, long forwardFlops) {}

    /**
     * Creates an account.
     *
     * @throws ArithmeticException if the FLOPs or bytes of one sequence are 2<sup>63</sup> or more
     */
    public Account {
        parts = List.copyOf(parts);
        long flops = 0;
        long parameters = 0;
        for (Part part : parts) {
            flops = Math.addExact(flops, part.forwardFlops);
            parameters = Math.addExact(parameters, part.parameters);
        }
        // All derived values fit as well.
        Math.multiplyExact(3, flops);
        Math.multiplyExact(4 * BYTES, parameters);
        Math.multiplyExact(BYTES, activationsPerSequence);
    }

    /** Returns the cost for sequences of the architecture's context length. */
    public static Account of(Architecture architecture) {
        return of(architecture, architecture.contextLength());
    }

    /**
     * Returns the cost for sequences of this length.
     *
     * @throws IllegalArgumentException if the length is not positive, or the cost is 2<sup>63</sup> FLOPs or bytes or
     *     more
     */
    public static Account of(Architecture architecture, int contextLength) {
        return Library.get().account(architecture, contextLength);
    }

    /** Returns the number of parameters. */
    public long parameters() {
        return parts.stream().mapToLong(Part::parameters).sum();
    }

    /** Returns the number of parameters without those of {@link Component#EMBEDDINGS}. */
    public long parametersWithoutEmbeddings() {
        return parts.stream()
                .filter(part -> part.component() != Component.EMBEDDINGS)
                .mapToLong(Part::parameters)
                .sum();
    }

    /** Returns the FLOPs of the forward pass of one sequence. */
    public long forwardFlops() {
        return parts.stream().mapToLong(Part::forwardFlops).sum();
    }

    /** Returns the share of a component in the FLOPs of the forward pass, in [0, 1]. */
    public double share(Component component) {
        long own = parts.stream()
                .filter(part -> part.component() == component)
                .mapToLong(Part::forwardFlops)
                .sum();
        long all = forwardFlops();
        return all == 0 ? 0 : (double) own / all;
    }

    /**
     * Returns the FLOPs of forward and backward pass of one sequence; the backward pass costs twice the forward pass.
     */
    public long trainingFlops() {
        return 3 * forwardFlops();
    }

    /**
     * Returns the FLOPs of one AdamW update, 14 per parameter: 3 for the mean of gradients, 4 for that of squares, 2
     * for the weight decay and 5 for the step.
     */
    public long optimizerFlops() {
        return 14 * parameters();
    }

    /** Returns the bytes of the parameters. */
    public long parameterBytes() {
        return BYTES * parameters();
    }

    /** Returns the bytes of the gradients. */
    public long gradientBytes() {
        return BYTES * parameters();
    }

    /** Returns the bytes of AdamW's two moments. */
    public long optimizerBytes() {
        return 2 * BYTES * parameters();
    }

    /**
     * Returns the bytes of the activations of a batch.
     *
     * @throws IllegalArgumentException if they are 2<sup>63</sup> or more
     */
    public long activationBytes(int batchSize) {
        try {
            return Math.multiplyExact(BYTES * activationsPerSequence, batchSize);
        } catch (ArithmeticException e) {
            throw tooLarge(batchSize, e);
        }
    }

    /**
     * Returns the bytes of a training step: parameters, gradients, moments and activations.
     *
     * @throws IllegalArgumentException if they are 2<sup>63</sup> or more
     */
    public long trainingBytes(int batchSize) {
        try {
            return Math.addExact(parameterBytes() + gradientBytes() + optimizerBytes(), activationBytes(batchSize));
        } catch (ArithmeticException e) {
            throw tooLarge(batchSize, e);
        }
    }

    private static IllegalArgumentException tooLarge(int batchSize, ArithmeticException cause) {
        return new IllegalArgumentException(
                "a batch of " + batchSize + " sequences needs more than " + Long.MAX_VALUE + " bytes; choose fewer",
                cause);
    }

    /** Returns the largest batch size whose training step fits in this memory; 0 if none does. */
    public long largestBatch(double bytes) {
        double left = bytes - trainingBytes(0);
        return left <= 0 ? 0 : (long) Math.floor(left / (BYTES * (double) activationsPerSequence));
    }

    /**
     * Estimates the days of a training run.
     *
     * @param steps optimizer steps, at least 1
     * @param batchSize sequences per step, at least 1
     * @param flopsPerSecond peak FLOP/s of the hardware, above 0
     * @param utilization model FLOPs utilization, the share of the peak that the FLOPs of the model reach, in (0, 1]
     * @throws IllegalArgumentException if a value is out of range
     */
    public double trainingDays(long steps, int batchSize, double flopsPerSecond, double utilization) {
        if (steps < 1 || batchSize < 1 || !(flopsPerSecond > 0) || !(utilization > 0 && utilization <= 1)) {
            throw new IllegalArgumentException("steps and batchSize must be at least 1, flopsPerSecond above 0 and"
                    + " utilization in (0, 1], but are " + steps + ", " + batchSize + ", " + flopsPerSecond + " and "
                    + utilization);
        }
        double flops = (double) trainingFlops() * batchSize * steps + (double) optimizerFlops() * steps;
        return flops / (flopsPerSecond * utilization) / 86_400;
    }

    /** The components by which a cost is broken down. */
    public enum Component {
        /** Token and position embeddings, including a token embedding tied to the head. */
        EMBEDDINGS,
        /** The linear layers before and after attention. */
        PROJECTIONS,
        /** Queries times keys. */
        SCORES,
        /** Probabilities times values. */
        VALUES,
        /** Linear layers of no other component. */
        MLP,
        /** The linear layers and recurrent weights of an LSTM. */
        RECURRENCE,
        /** Convolutions. */
        CONVOLUTION,
        /** Weights and biases of norms. */
        NORMS,
        /** The linear layer that computes the logits. */
        HEAD;

        /** Returns the name in lower case, as tables print it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
