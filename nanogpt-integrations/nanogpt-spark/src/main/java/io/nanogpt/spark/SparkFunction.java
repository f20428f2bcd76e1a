package io.nanogpt.spark;

import java.io.Serializable;
import java.util.function.Function;

/**
 * A function that tasks of Spark call. What it captures must be serializable; models and tokenizers are not, so that it opens
 * these by their URIs.
 *
 * @param <T> of the argument
 * @param <R> of the result
 */
@FunctionalInterface
public interface SparkFunction<T, R> extends Function<T, R>, Serializable {}
