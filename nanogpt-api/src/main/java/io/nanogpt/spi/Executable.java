package io.nanogpt.spi;

/**
 * A graph compiled for one size of inputs. Belongs to one thread at a time. Whoever compiled it closes it, before the
 * backend.
 */
public interface Executable extends AutoCloseable {
    /** Copies token ids in, {@code (batch, sequence)} row-major. */
    void input(String name, int[] values);

    /**
     * Computes every output, and the gradients that the graph names.
     *
     * @param randomKey selects the dropout masks; the same key gives the same masks
     */
    void run(long randomKey);

    /** A scalar output of the last run. */
    float scalar(String output);

    /** Copies an output of the last run, row-major. */
    void read(String output, float[] destination);

    /** Bytes that this executable holds beside the parameters. */
    long bytes();

    /** Frees what it holds. Closing it again does nothing; nothing else may be called afterwards. */
    @Override
    void close();
}
