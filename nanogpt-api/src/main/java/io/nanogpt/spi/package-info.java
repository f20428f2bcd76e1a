/**
 * What an implementation provides: {@link io.nanogpt.spi.Library} is found by {@link java.util.ServiceLoader},
 * {@link io.nanogpt.spi.Backend} computes graphs. Users do not call these.
 */
@NullMarked
package io.nanogpt.spi;

import org.jspecify.annotations.NullMarked;
