/**
 * Training, loading and running a language model. Start at {@link io.nanogpt.GPT}, which trains, and
 * {@link io.nanogpt.LanguageModel}, which generates, evaluates, saves and exports. May import every other package of
 * the api.
 *
 * <pre>{@code
 * LanguageModel model = GPT.builder().layers(4).heads(4).steps(2_000).train(Corpus.ofFiles(Path.of("input.txt")));
 * System.out.println(model.generate("ROMEO:", GenerationOptions.temperature(0.7).withTopK(10)));
 * System.out.println(model.evaluate("a held-out text").perplexity());
 * model.save(Path.of("model"));
 * model.close();
 * }</pre>
 *
 * <p>Long operations end soon after their thread is interrupted, by a {@link io.nanogpt.NanogptInterruptedException}, and
 * leave its interrupt flag set. Training runs and grids end with what they have instead.
 *
 * <p>Option types follow one convention in all packages:
 *
 * <ul>
 *   <li>{@code Config} types describe a model or a run and are saved with it, such as
 *       {@link io.nanogpt.model.TransformerConfig} and {@link io.nanogpt.train.EvaluationConfig}.
 *   <li>{@code Options} types concern one call, such as {@link io.nanogpt.generate.GenerationOptions}.
 *   <li>{@code Policy} and {@code Criteria} types are rules that a run follows, such as
 *       {@link io.nanogpt.train.DivergencePolicy} and {@link io.nanogpt.train.StoppingCriteria}.
 *   <li>Immutable values have {@code with} methods, which return a changed copy; builders have setters with the plain
 *       name of the option.
 * </ul>
 */
@NullMarked
package io.nanogpt;

import org.jspecify.annotations.NullMarked;
