/**
 * Text generation: options, sampling, beam search and results. Start at {@link io.nanogpt.generate.GenerationOptions}.
 * Imports {@code io.nanogpt} and {@code spi}.
 *
 * <pre>{@code
 * GenerationOptions options = GenerationOptions.temperature(0.8).withTopK(40).withStop("\n\n").withSeed(7);
 * model.stream("ROMEO:", options, token -> System.out.print(token.text()));
 * List<String> samples = model.samples("ROMEO:", 3, options);
 * System.out.println(model.beamSearch("ROMEO:", BeamSearch.of(4), options).get(0).text());
 * }</pre>
 */
@NullMarked
package io.nanogpt.generate;

import org.jspecify.annotations.NullMarked;
