package io.nanogpt.accounting;

import io.nanogpt.model.Architecture;
import io.nanogpt.spi.Library;
import java.util.List;
import java.util.Locale;

/**
 * What a model costs. FLOPs are those of matrix products, two for each multiplication, with attention over all pairs of
 * positions, masked or not, as PaLM's appendix B and the CS336 course count them; memory is that of 32-bit floats.
 *
 * @param contextLength tokens of a sequence, T
 * @param parts what each component costs; components that the model does not have are left out
 * @param activationsPerSequence numbers that the forward pass of one sequence keeps for the backward pass: the result of
 *     every operation but sums, packings and rotations, which can happen in place; of attention also the probabilities, of
 *     cross entropy the probabilities of all tokens
 */
public record Account(int contextLength, List<Part> parts, long activationsPerSequence) {
    private static final int BYTES = Float.BYTES;

    /**
     * One component.
     *
     * @param component which
     * @param parameters trained numbers; those that two components share count for the first
     * @param forwardFlops of one sequence
     */
    public record Part(Component component, long parameters, long forwardFlops) {}

    /**
     * Copies the parts.
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
        // Everything that is derived from these fits, too.
        Math.multiplyExact(3, flops);
        Math.multiplyExact(4 * BYTES, parameters);
        Math.multiplyExact(BYTES, activationsPerSequence);
    }

    /** Of sequences as long as the architecture's context. */
    public static Account of(Architecture architecture) {
        return of(architecture, architecture.contextLength());
    }

    /**
     * Of sequences of some length.
     *
     * @throws IllegalArgumentException if the length is not positive, or the cost is 2<sup>63</sup> FLOPs or bytes or more
     */
    public static Account of(Architecture architecture, int contextLength) {
        return Library.get().account(architecture, contextLength);
    }

    /** All trained numbers. */
    public long parameters() {
        return parts.stream().mapToLong(Part::parameters).sum();
    }

    /** Trained numbers but those of {@link Component#EMBEDDINGS}. */
    public long parametersWithoutEmbeddings() {
        return parts.stream()
                .filter(part -> part.component() != Component.EMBEDDINGS)
                .mapToLong(Part::parameters)
                .sum();
    }

    /** FLOPs of the forward pass of one sequence. */
    public long forwardFlops() {
        return parts.stream().mapToLong(Part::forwardFlops).sum();
    }

    /** The share of the forward FLOPs that a component has, in [0, 1]. */
    public double share(Component component) {
        long own = parts.stream()
                .filter(part -> part.component() == component)
                .mapToLong(Part::forwardFlops)
                .sum();
        long all = forwardFlops();
        return all == 0 ? 0 : (double) own / all;
    }

    /** FLOPs of the forward and the backward pass of one sequence; the backward pass has two products for each of one. */
    public long trainingFlops() {
        return 3 * forwardFlops();
    }

    /**
     * FLOPs of one AdamW update, 14 a parameter: 3 for the mean of gradients, 4 for that of squares, 2 for the decay and 5
     * for the step.
     */
    public long optimizerFlops() {
        return 14 * parameters();
    }

    /** Bytes of the parameters. */
    public long parameterBytes() {
        return BYTES * parameters();
    }

    /** Bytes of the gradients. */
    public long gradientBytes() {
        return BYTES * parameters();
    }

    /** Bytes of AdamW's two moments. */
    public long optimizerBytes() {
        return 2 * BYTES * parameters();
    }

    /**
     * Bytes of the activations of a batch.
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
     * Bytes of a training step.
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

    /** The most sequences whose training step fits; 0 if none does. */
    public long largestBatch(double bytes) {
        double left = bytes - trainingBytes(0);
        return left <= 0 ? 0 : (long) Math.floor(left / (BYTES * (double) activationsPerSequence));
    }

    /**
     * Days that a training run takes.
     *
     * @param flopsPerSecond of the hardware
     * @param utilization the share of it that the model's own FLOPs reach (model FLOPs utilization), in (0, 1]
     * @throws IllegalArgumentException if a number makes no sense
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

    /** The parts of a model that its cost is split into. */
    public enum Component {
        /** Tables of tokens and positions; a table that is also the head counts here. */
        EMBEDDINGS,
        /** The linear layers before and behind attention. */
        PROJECTIONS,
        /** Queries times keys. */
        SCORES,
        /** Probabilities times values. */
        VALUES,
        /** Linear layers that belong to nothing else. */
        MLP,
        /** The linear layers and recurrent weights of an LSTM. */
        RECURRENCE,
        /** Convolutions. */
        CONVOLUTION,
        /** Weights and biases of norms. */
        NORMS,
        /** The linear layer that makes logits. */
        HEAD;

        /** In small letters, as tables print it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
