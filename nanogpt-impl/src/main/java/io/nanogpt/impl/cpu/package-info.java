/**
 * The pure-Java backend. Start reading at {@code CpuBackend}; {@code Compiler} turns a graph into operations, which are
 * filed by kind ({@code LinearOperations}, {@code NormOperations}, ...); {@link io.nanogpt.impl.cpu.Kernels} holds the
 * loops, with the twins {@code cpu.vector} and {@code cpu.scalar}. Imports the api's graph and spi, {@code graph} and
 * {@code random}.
 */
@NullMarked
package io.nanogpt.impl.cpu;

import org.jspecify.annotations.NullMarked;
