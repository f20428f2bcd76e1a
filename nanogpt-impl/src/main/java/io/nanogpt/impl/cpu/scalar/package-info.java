/**
 * The kernels without the Vector API, for every JVM: with the same classes as {@code cpu.vector}. Start reading at
 * {@link io.nanogpt.impl.cpu.scalar.ScalarKernels}. Imports {@code cpu} alone.
 */
@NullMarked
package io.nanogpt.impl.cpu.scalar;

import org.jspecify.annotations.NullMarked;
