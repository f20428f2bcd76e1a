package io.nanogpt.spark;

import java.io.Serializable;

/**
 * What a worker exchanged with the others.
 *
 * @param rank of the worker
 * @param steps exchanges of gradients, or of what replicas have learned
 * @param sentBytes bytes of arrays that it sent
 * @param waitedSeconds the time for which it waited for others, their slower steps and evaluations included
 */
public record ExchangeStatistics(int rank, long steps, long sentBytes, double waitedSeconds) implements Serializable {}
