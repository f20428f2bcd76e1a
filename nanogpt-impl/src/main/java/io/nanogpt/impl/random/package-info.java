/**
 * Randomness that depends on a key and a counter alone, never on the order or the number of threads. Start reading at
 * {@link io.nanogpt.impl.random.CounterRandom}. Imports nothing.
 */
@NullMarked
package io.nanogpt.impl.random;

import org.jspecify.annotations.NullMarked;
