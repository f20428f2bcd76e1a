/**
 * Conversations: messages, and the templates that write them as the text that a model was trained on. Start at
 * {@link io.nanogpt.chat.Message} and {@link io.nanogpt.LanguageModel#chat}. Imports {@code io.nanogpt} and {@code spi}.
 */
@NullMarked
package io.nanogpt.chat;

import org.jspecify.annotations.NullMarked;
