/**
 * Choice of the compute backend of a run: the CPU, or GPUs through DJL. Start at {@link io.nanogpt.backend.Backends}.
 * Imports nothing of the library.
 *
 * <pre>{@code
 * LanguageModel onCpu = GPT.builder().backend(Backends.cpu()).train(corpus);
 * LanguageModel onGpus = GPT.builder().backend(Backends.djl().withDevices("cuda:0", "cuda:1")).train(corpus);
 * System.out.println(onGpus.compute().backend());
 * Diagnosis.all().forEach(System.out::println);
 * }</pre>
 */
@NullMarked
package io.nanogpt.backend;

import org.jspecify.annotations.NullMarked;
