/**
 * Service provider interfaces. Programs that train and run models do not need this package; authors of a backend start
 * at {@link io.nanogpt.spi.BackendProvider}, authors of an architecture at {@link io.nanogpt.spi.ArchitectureProvider}.
 * An implementation of the whole api provides {@link io.nanogpt.spi.Library}, found by {@link java.util.ServiceLoader}.
 * May import every other package of the api.
 *
 * <pre>{@code
 * try (Backend backend = BackendProvider.named("cpu").open(1)) {
 *     ParameterStore parameters = backend.allocate(architecture.graph().parameters());
 *     Executable executable = backend.compile(architecture.graph(), parameters, 1, 8);
 *     executable.input(Graph.TOKENS, new int[8]);
 *     executable.run(0);
 *     executable.close();
 * }
 * }</pre>
 *
 * <p>The parts of {@link io.nanogpt.generate.GenerationOptions} are here too: penalties, constraints, sampling and
 * output.
 */
@NullMarked
package io.nanogpt.spi;

import org.jspecify.annotations.NullMarked;
