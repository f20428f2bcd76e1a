/**
 * The front door: {@link io.nanogpt.GPT} trains, {@link io.nanogpt.LanguageModel} generates, evaluates and saves.
 * Start reading at {@link io.nanogpt.GPT}. May import every other package of the api.
 */
@NullMarked
package io.nanogpt;

import org.jspecify.annotations.NullMarked;
