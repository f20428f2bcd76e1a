/** Programs that reach a model through Spring AI and LangChain4j. */
@NullMarked
package io.nanogpt.integrations.examples;

import org.jspecify.annotations.NullMarked;
