/**
 * Architectures, their configurations, and presets. Start at {@link io.nanogpt.model.Preset} and
 * {@link io.nanogpt.model.TransformerConfig}; {@link io.nanogpt.model.Architecture} is the interface of custom models.
 * Imports {@code graph}, {@code tokenizer} and {@code spi}.
 *
 * <pre>{@code
 * ModelConfig config = Preset.GPT2.transformer().layers(4).contextLength(256).dropout(0.1f).build();
 * Architecture architecture = config.withVocabularySize(tokenizer.vocabularySize()).architecture();
 * LanguageModel model = trainer.train(architecture, tokenizer, corpus);
 * }</pre>
 */
@NullMarked
package io.nanogpt.model;

import org.jspecify.annotations.NullMarked;
