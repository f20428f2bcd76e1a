/**
 * Charts and reports of runs, of learning rates and of attention, drawn from what was written down: nothing is run again. Start at
 * {@link io.nanogpt.chart.Charts}. Imports {@code experiment}, {@code generate}, {@code train} and {@code spi}.
 */
@NullMarked
package io.nanogpt.chart;

import org.jspecify.annotations.NullMarked;
