/**
 * What a model costs: parameters, floating-point operations, memory and time, read off its graph. Start reading at
 * {@link io.nanogpt.accounting.Account}. Imports {@code model} and {@code spi}.
 */
@NullMarked
package io.nanogpt.accounting;

import org.jspecify.annotations.NullMarked;
