/**
 * The service provider interfaces: what an implementation provides ({@link io.nanogpt.spi.Library} and what it hands
 * out) and what a backend implements ({@link io.nanogpt.spi.Backend}, {@link io.nanogpt.spi.Executable},
 * {@link io.nanogpt.spi.Decoder}). Exported for implementers; programs that train and run models do not need it.
 */
@NullMarked
package io.nanogpt.spi;

import org.jspecify.annotations.NullMarked;
