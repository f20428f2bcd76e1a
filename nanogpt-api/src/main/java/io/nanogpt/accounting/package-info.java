/**
 * The cost of a model in parameters, floating-point operations, memory and time, computed from its graph. Start at
 * {@link io.nanogpt.accounting.Account}. Imports {@code model} and {@code spi}.
 *
 * <pre>{@code
 * Account account = Account.of(Preset.GPT2.config().architecture());
 * System.out.println(account.parameters() + " parameters, " + account.trainingBytes(8) + " bytes at batch size 8");
 * System.out.println(account.largestBatch(16e9) + " sequences fit in 16 GB");
 * System.out.println(account.trainingDays(100_000, 32, 1e12, 0.4) + " days at 40 % of 1 TFLOP/s");
 * }</pre>
 */
@NullMarked
package io.nanogpt.accounting;

import org.jspecify.annotations.NullMarked;
