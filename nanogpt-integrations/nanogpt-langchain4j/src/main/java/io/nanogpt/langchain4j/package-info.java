/**
 * A {@link io.nanogpt.LanguageModel} as models of LangChain4j. Start at {@link io.nanogpt.langchain4j.NanogptChatModel}. All of
 * them run in this process, share the model's queue with its other callers, and leave closing the model to whoever
 * opened it.
 */
@NullMarked
package io.nanogpt.langchain4j;

import org.jspecify.annotations.NullMarked;
