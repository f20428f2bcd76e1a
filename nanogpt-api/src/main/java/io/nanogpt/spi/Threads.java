package io.nanogpt.spi;

/** The range of numbers of threads. */
public final class Threads {
    /** The most threads, beyond those of any machine that the library computes on. */
    public static final int MOST = 1024;

    private Threads() {}

    /**
     * Returns a number of threads.
     *
     * @throws IllegalArgumentException if it is not from 1 to {@link #MOST}
     */
    public static int require(int threads) {
        if (threads < 1 || threads > MOST) {
            throw new IllegalArgumentException("threads must be from 1 to " + MOST + ", but is " + threads
                    + "; leave it out to use all processors of this machine ("
                    + Runtime.getRuntime().availableProcessors() + ")");
        }
        return threads;
    }
}
