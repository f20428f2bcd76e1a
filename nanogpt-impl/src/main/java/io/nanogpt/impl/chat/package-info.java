/**
 * Chat templates: an interpreter of a subset of Jinja, and prompts of ids. A template comes with a model from elsewhere
 * and is untrusted: nesting is limited when it is read, steps and characters when it is rendered. Each character of the
 * output keeps the message that it comes from. Start reading at {@link io.nanogpt.impl.chat.JinjaTemplate}. Imports
 * {@code files}.
 */
@NullMarked
package io.nanogpt.impl.chat;

import org.jspecify.annotations.NullMarked;
