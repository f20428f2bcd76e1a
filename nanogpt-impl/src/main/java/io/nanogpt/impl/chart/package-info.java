/**
 * Charts and reports. A chart is a {@link io.nanogpt.impl.chart.Scene}, a list of positioned marks, which one class
 * writes as SVG and another renders as PNG; the other classes only decide where marks go. Start reading at
 * {@link io.nanogpt.impl.chart.ChartRenderer}. Imports the api, {@code files}
 * and {@code page}.
 */
@NullMarked
package io.nanogpt.impl.chart;

import org.jspecify.annotations.NullMarked;
