package io.nanogpt.spi;

/**
 * The workers of one training run, each a process of its own, and what they exchange. All workers train the same model
 * with the same settings; a step's micro-batches are divided among them, and each sums the gradients of its share of the
 * parameters. Every worker calls the same methods in the same order, on the thread that trains. A method that waits for
 * another worker throws if that worker has ended or does not answer. An interrupt ends no exchange: it stays set, and the
 * workers end the run together, after the step.
 */
public interface Collective {
    /** Returns the number of this worker, from 0. Worker 0 evaluates, writes checkpoints and calls listeners. */
    int rank();

    /** Returns the number of workers, at least 1. */
    int size();

    /**
     * Gives numbers to every worker, and returns those that each gave.
     *
     * @param mine of any number, which may differ between workers
     * @return by worker
     */
    double[][] gather(double... mine);

    /**
     * Sets an array to that of worker 0.
     *
     * @param values of the same length for every worker
     */
    void broadcast(float[] values);

    /**
     * Starts to give each other worker its share of an array: {@code values} from {@link #begin begin(values.length,
     * worker, size())} up to the begin of the next worker. Returns without waiting; the array must not change until the
     * next {@link #share} has returned.
     */
    void scatter(float[] values);

    /**
     * Waits for this worker's share of the next array that another worker scattered.
     *
     * @param worker another worker
     * @param share of the size of this worker's share
     */
    void receive(int worker, float[] share);

    /**
     * Gives this worker's share of an array to every worker, and receives the shares of the others into the same array.
     *
     * @param values of the same length for every worker
     */
    void share(float[] values);

    /**
     * Returns where the share of a worker begins, if a number of elements is divided among workers in order.
     *
     * @param count the number of elements
     * @param worker from 0 to {@code size}; for {@code size} the result is {@code count}
     * @param size the number of workers
     */
    static int begin(int count, int worker, int size) {
        return (int) ((long) count * worker / size);
    }
}
