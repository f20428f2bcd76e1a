package io.nanogpt.spark;

import java.io.Serializable;
import java.util.function.Supplier;

/**
 * Makes what tasks of Spark use. What it captures must be serializable.
 *
 * @param <T> of the result
 */
@FunctionalInterface
public interface SparkSupplier<T> extends Supplier<T>, Serializable {}
