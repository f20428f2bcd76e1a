package io.nanogpt.examples.benchmarks.hostile;

/** One part of the test: puts the library into hostile circumstances and compares what happens with what is promised. */
interface Campaign {
    /** Runs until the time is over, and records inputs and findings in the context. */
    void run(Context context) throws Exception;
}
