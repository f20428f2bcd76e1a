package io.nanogpt.spi;

/**
 * A graph compiled for one size of inputs. Not thread-safe. The caller that compiled it closes it, before the backend.
 */
public interface Executable extends AutoCloseable {
    /** Sets an input: token ids, {@code (batch, sequence)} row-major, which are copied. */
    void input(String name, int[] values);

    /**
     * Computes every output of the graph, gradients included.
     *
     * @param randomKey key of the dropout masks; the same key gives the same masks
     */
    void run(long randomKey);

    /** Returns a scalar output of the last run. */
    float scalar(String output);

    /** Copies an output of the last run, row-major. */
    void read(String output, float[] destination);

    /** Returns the bytes that this executable holds beside the parameters. */
    long bytes();

    /**
     * Releases the memory of the executable. Closing it again has no effect; no other method may be called afterwards.
     */
    @Override
    void close();
}
