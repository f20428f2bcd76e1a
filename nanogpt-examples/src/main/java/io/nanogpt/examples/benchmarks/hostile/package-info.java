/**
 * The campaigns against hostile input and hostile circumstances that {@code nanogpt-examples/benchmarks/hostile.sh} runs:
 * mutated files, killed and competing processes, full disks, planted links, exhausted descriptors, many threads. Start at
 * {@link io.nanogpt.examples.benchmarks.hostile.Hostile}; {@code docs/reliability.md} describes what each part checks. Written
 * against the api alone.
 */
@NullMarked
package io.nanogpt.examples.benchmarks.hostile;

import org.jspecify.annotations.NullMarked;
