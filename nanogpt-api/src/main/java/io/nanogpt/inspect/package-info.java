/**
 * Looking into a model: what it makes of a text, layer by layer and head by head. Start at
 * {@link io.nanogpt.inspect.Inspection}. Imports {@code io.nanogpt},
 * {@code generate} and {@code spi}.
 *
 * <pre>{@code
 * Inspection inspection = model.inspect("ROMEO: what");
 * System.out.println(inspection.next(5));
 * System.out.println(inspection.lens(1, 1));
 * System.out.println(inspection.without(new AttentionHead(0, 2)).meanLoss() - inspection.meanLoss());
 * }</pre>
 */
@NullMarked
package io.nanogpt.inspect;

import org.jspecify.annotations.NullMarked;
