/**
 * Low-rank adapters: a graph whose parameters are frozen and whose linear layers have two more, in existing operations. Start
 * at {@link io.nanogpt.impl.lora.AdaptedArchitecture}. Imports no other package of the implementation.
 */
@NullMarked
package io.nanogpt.impl.lora;

import org.jspecify.annotations.NullMarked;
