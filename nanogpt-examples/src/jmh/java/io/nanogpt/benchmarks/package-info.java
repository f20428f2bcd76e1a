/**
 * JMH benchmarks: {@code mvn -Pbenchmarks package}, then {@code java --add-modules jdk.incubator.vector -jar
 * nanogpt-examples/target/nanogpt-benchmarks.jar}. Start reading at
 * {@link io.nanogpt.benchmarks.TrainingStepBenchmark}.
 */
@NullMarked
package io.nanogpt.benchmarks;

import org.jspecify.annotations.NullMarked;
