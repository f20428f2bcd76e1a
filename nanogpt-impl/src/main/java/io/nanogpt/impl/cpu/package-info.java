/**
 * The pure-Java backend. Start reading at {@code CpuBackend}; {@code Compiler} turns a graph into operations,
 * {@link io.nanogpt.impl.cpu.Kernels} holds the loops, with a vector and a scalar twin. Imports the api's graph and spi,
 * {@code graph} and {@code random}.
 */
@NullMarked
package io.nanogpt.impl.cpu;

import org.jspecify.annotations.NullMarked;
