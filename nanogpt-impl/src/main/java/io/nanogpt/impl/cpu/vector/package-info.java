/**
 * The kernels on the incubating Vector API, loaded only where the JVM has the module. Start reading at
 * {@link io.nanogpt.impl.cpu.vector.VectorKernels}. Imports {@code cpu} alone; nothing imports it.
 */
@NullMarked
package io.nanogpt.impl.cpu.vector;

import org.jspecify.annotations.NullMarked;
