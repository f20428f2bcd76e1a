/**
 * Training runs: settings, optimizers, schedules, listeners, metrics and reports. Start at
 * {@link io.nanogpt.train.Trainer}. Imports {@code io.nanogpt}, {@code backend}, {@code data}, {@code generate},
 * {@code model}, {@code tokenizer} and {@code spi}.
 *
 * <pre>{@code
 * Trainer trainer = Trainer.builder()
 *         .optimizer(AdamW.defaults().withLearningRate(3e-4))
 *         .schedule(Schedule.cosine(100, 0.1))
 *         .stopping(StoppingCriteria.never().withEpochs(3).withPatience(5))
 *         .checkpoints(CheckpointConfig.in(Path.of("checkpoints")).withResume(true))
 *         .build();
 * LanguageModel model = trainer.train(architecture, tokenizer, corpus);
 * }</pre>
 */
@NullMarked
package io.nanogpt.train;

import org.jspecify.annotations.NullMarked;
