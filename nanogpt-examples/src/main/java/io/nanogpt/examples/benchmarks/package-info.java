/**
 * Benchmarks of two kinds. {@link io.nanogpt.examples.benchmarks.StepBenchmark} and its like are programs that the scripts
 * in {@code nanogpt-examples/benchmarks} run in turn with PyTorch, ONNX Runtime or Hugging Face tokenizers. The others are
 * JMH benchmarks: {@code mvn -Pbenchmarks package}, then {@code java --add-modules jdk.incubator.vector -jar
 * nanogpt-examples/target/nanogpt-benchmarks.jar}. The only package of this module that imports {@code io.nanogpt.impl}.
 */
@NullMarked
package io.nanogpt.examples.benchmarks;

import org.jspecify.annotations.NullMarked;
