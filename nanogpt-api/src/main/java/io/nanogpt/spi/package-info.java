/**
 * The service provider interfaces. An implementation provides {@link io.nanogpt.spi.Library}, found by
 * {@link java.util.ServiceLoader}; other backends and architectures come in by {@link io.nanogpt.spi.BackendProvider} and
 * {@link io.nanogpt.spi.ArchitectureProvider}. Exported for implementers; programs that train and run models do not
 * need it.
 */
@NullMarked
package io.nanogpt.spi;

import org.jspecify.annotations.NullMarked;
