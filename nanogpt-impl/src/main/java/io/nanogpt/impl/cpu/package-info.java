/**
 * The pure-Java backend. Start reading at {@code CpuBackend}; {@code Compiler} turns a graph into operations, which are
 * filed by kind ({@code LinearOperations}, {@code NormOperations}, ...); {@link io.nanogpt.impl.cpu.Kernels} is the
 * interface of the inner loops, implemented by {@code cpu.vector} and {@code cpu.scalar} file by file. Imports the
 * api's graph and spi, {@code graph} and {@code random}.
 */
@NullMarked
package io.nanogpt.impl.cpu;

import org.jspecify.annotations.NullMarked;
