/**
 * A {@link io.nanogpt.LanguageModel} as models of Spring AI, and their auto-configuration in Spring Boot. Start at
 * {@link io.nanogpt.springai.NanogptChatModel} and {@link io.nanogpt.springai.NanogptProperties}.
 */
@NullMarked
package io.nanogpt.springai;

import org.jspecify.annotations.NullMarked;
